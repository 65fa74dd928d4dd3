/**
 * The files that the first rule of a dependency file names, as `cc -MMD -MP` writes it: one rule over several lines,
 * then a rule without prerequisites for each header. Spaces in names are escaped.
 */
export function prerequisites(text: string): readonly string[] {
  const [rule = ''] = text.replace(/\\\r?\n/g, ' ').split(/\r?\n/);
  // A target may hold a colon only when it is escaped.
  const [, list = ''] = /^(?:\\.|[^:\\])*:(?=\s|$)(.*)$/.exec(rule) ?? [];
  return [...list.matchAll(/(?:\\.|[^\s\\])+/g)].map(([word]) =>
    word.replace(/\\([ #\\])/g, '$1').replace(/\$\$/g, '$'),
  );
}
