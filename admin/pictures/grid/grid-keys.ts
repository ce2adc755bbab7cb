/** Where a key leads from a cell; all in numbers of cells, from zero. */
export interface GridPlace {
  at: number;
  count: number;
  columns: number;
  /** Rows that are to be seen at once. */
  rowsInView: number;
}

/** The cell that a key moves to, by the keys of ARIA's grids; `undefined` for keys that do not move. */
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

/** The last row may be short: then its last cell is below the others. */
function below(at: number, step: number, { columns, count }: GridPlace): number {
  const last = count - 1;
  const isInLastRow = at >= last - (last % columns);
  return isInLastRow ? at : Math.min(last, at + step);
}
