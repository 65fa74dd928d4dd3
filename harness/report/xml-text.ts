import { withoutAnsi } from './text.js';

// All that XML 1.0 does not allow (https://www.w3.org/TR/xml/#charsets), and the C1 bytes that it discourages.
const forbidden = /[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/**
 * Text that any XML 1.0 parser takes back as it is: colours dropped, line ends as `\n`, and each forbidden character
 * (NUL, ESC, lone surrogates, U+FFFE, U+FFFF) as the visible U+FFFD. Escaping `<`, `&` and `]]>` is the builder's part.
 */
export function xmlText(text: string): string {
  return withoutAnsi(text).replace(/\r\n?/g, '\n').replace(forbidden, '\ufffd');
}

/** The same for an attribute, where a parser makes every white space a blank. */
export function xmlAttribute(text: string): string {
  return xmlText(text).replace(/\s+/g, ' ').trim();
}
