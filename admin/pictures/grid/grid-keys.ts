/** A position in a grid. Cells are numbered from zero. */
export interface GridPlace {
  at: number;
  count: number;
  columns: number;
  /** Number of visible rows. */
  rowsInView: number;
}

/** The cell to which a key moves, according to the ARIA grid pattern; `undefined` for other keys. */
export function cellAfter(
  { key, ctrlKey, metaKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>,
  place: GridPlace,
): number | undefined {
  const { at, count, columns, rowsInView } = place;
  const last = count - 1;
  const rowStart = at - (at % columns);
  const isWhole = ctrlKey || metaKey;
  const page = columns * Math.max(1, rowsInView - 1);
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, at - 1);
    case 'ArrowRight':
      return Math.min(last, at + 1);
    case 'ArrowUp':
      return at < columns ? at : at - columns;
    case 'ArrowDown':
      return below(at, columns, place);
    case 'PageUp':
      return at < page ? at % columns : at - page;
    case 'PageDown':
      return below(at, page, place);
    case 'Home':
      return isWhole ? 0 : rowStart;
    case 'End':
      return isWhole ? last : Math.min(last, rowStart + columns - 1);
    default:
      return undefined;
  }
}

/** The cell that is `step` cells further, or the last cell if the last row is too short. */
function below(at: number, step: number, { columns, count }: GridPlace): number {
  const last = count - 1;
  const isInLastRow = at >= last - (last % columns);
  return isInLastRow ? at : Math.min(last, at + step);
}
