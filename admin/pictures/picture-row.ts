import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Image } from '../api/api-types.ts';
import type { GridGeometry } from './grid/grid-geometry.ts';
import { awaitedCell } from './grid/picture-cell.ts';

export interface PictureRow {
  /** From zero. */
  row: number;
  images: readonly Image[];
  /** Number of placeholder cells for pictures that are loading. */
  awaited: number;
  geometry: GridGeometry;
}

/** A row of the grid, positioned from the grid's top. */
export function pictureRow(
  { row, images, awaited, geometry: { columns, side, pitch } }: PictureRow,
  cell: (image: Image, column: number) => TemplateResult,
): TemplateResult {
  return html`<div
    class="row"
    role="row"
    aria-rowindex=${row + 1}
    .style=${`transform: translateY(${row * pitch}px); height: ${side}px; grid-template-columns: repeat(${columns}, ${side}px); gap: ${pitch - side}px`}
  >${repeat(
    images,
    // The key includes the column, so that cells are not animated when pictures move up.
    ({ id }, column) => `${id} ${column}`,
    cell,
  )}${Array.from({ length: awaited }, (_, n) => awaitedCell(images.length + n))}</div>`;
}
