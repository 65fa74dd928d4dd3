// SPDX-License-Identifier: Apache-2.0

/** Sentences of a page: what was said before is not said again, but where it stands. */
export class SaidOnce {
  readonly #where = new Map<string, string>();

  /** The text, or where it was: `as for aegis/file_open`. Short texts are words, no sentences. */
  text(text: string, where: string): string {
    const known = this.#where.get(text);
    if (known !== undefined && text.split(' ').length > 4) return `as for ${known}`;
    this.#where.set(text, known ?? where);
    return text;
  }
}
