// SPDX-License-Identifier: Apache-2.0
/*
 * The XML that our own reporter writes: elements, attributes in double quotes, text, the five entities. fast-xml-parser
 * takes whatever comes, cut short or not, and its validator has become another package.
 */

/** All that XML 1.0 does not allow. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
/** Other entities, CDATA, comments and document types. */
const foreign = /&(?!(?:lt|gt|amp|quot|apos);)[^;\s]{0,20};?|<!/;
const piece = /<\?xml [^<>]*\?>|<(\/?)([A-Za-z][\w.-]*)((?:\s+[A-Za-z][\w.-]*="[^"<]*")*)\s*(\/?)>|[^<]+/y;

/** The first place at which a text is not such XML, as `line 12: </testcase> closes <failure>`; null when it is. */
export function plainXmlFault(text: string): string | null {
  const strange = forbidden.exec(text) ?? foreign.exec(text);
  if (strange !== null) return at(text, strange.index, `${JSON.stringify(strange[0])} does not belong there`);
  const nesting = new Nesting();
  for (let index = 0; index < text.length; index = piece.lastIndex) {
    piece.lastIndex = index;
    const match = piece.exec(text);
    const fault = match === null ? `no tag: ${JSON.stringify(text.slice(index, index + 30))}` : nesting.fault(match);
    if (fault !== null) return at(text, index, fault);
  }
  const missing = nesting.missing();
  return missing === null ? null : at(text, text.length, missing);
}

/** Which elements are open, and whether there was a root. */
class Nesting {
  readonly #open: string[] = [];
  #roots = 0;

  fault([whole, slash, tag, attributes = '', empty]: RegExpExecArray): string | null {
    const outside = this.#open.length === 0;
    if (tag === undefined) return outside && !/^(\s*|<\?.*)$/.test(whole) ? 'text outside of the root' : null;
    if (slash === '/') return this.#close(tag);
    if (outside && ++this.#roots > 1) return `<${tag}> after the end of the root`;
    if (empty === '') this.#open.push(tag);
    return repeated(attributes);
  }

  missing(): string | null {
    if (this.#open.length > 0) return `the end, and <${this.#open.join('><')}> is not closed`;
    return this.#roots === 0 ? 'no element' : null;
  }

  #close(tag: string): string | null {
    const last = this.#open.pop();
    if (last === tag) return null;
    return last === undefined ? `</${tag}> closes nothing` : `</${tag}> closes <${last}>`;
  }
}

function repeated(attributes: string): string | null {
  const names = [...attributes.matchAll(/\s([\w.-]+)="/g)].map(([, name = '']) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? null : `the attribute ${twice} twice`;
}

function at(text: string, index: number, what: string): string {
  return `line ${text.slice(0, index).split('\n').length}: ${what}`;
}
