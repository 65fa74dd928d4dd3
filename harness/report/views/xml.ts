// SPDX-License-Identifier: Apache-2.0
import XMLBuilder from 'fast-xml-builder';
import { withoutAnsi } from './text.js';

/** An element as fast-xml-builder takes it: `@_name` is an attribute, `#text` the text, anything else a child. */
export type XmlNode = Record<string, unknown>;

const builder = new XMLBuilder({
  format: true,
  ignoreAttributes: false,
  suppressEmptyNode: true,
  // On, an attribute with the value `true` would lose it, and attributes without values are not XML.
  suppressBooleanAttributes: false,
});

/** A document that any XML 1.0 parser takes, whatever its texts hold, as long as they went through the functions below. */
export function renderXml(root: XmlNode): string {
  return builder.build({ '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' }, ...root });
}

export function attributes(values: Readonly<Record<string, string>>): XmlNode {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`@_${name}`, xmlAttribute(value)]));
}

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
