/** Kinds of parent that size a child by its content, which an empty block would make 0 pixels wide. */
export const PARENTS = ['row', 'column', 'grid', 'float', 'inline'] as const;

/** A stylesheet for {@link inParents}. */
export const PARENTS_CSS = `
  section { display: flow-root }
  .row { display: flex }
  .column { display: flex; flex-direction: column; align-items: flex-start }
  .grid { display: grid; grid-template-columns: auto }
  .float { float: left }
  .inline { display: inline-block }`;

/** The content once in each kind of parent. */
export function inParents(content: string): string {
  return PARENTS.map((parent) => `<section><div class="${parent}">${content}</div></section>`).join(
    '',
  );
}
