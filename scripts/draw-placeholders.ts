/** Draws the placeholders that readers without JavaScript and previews get if there is no picture. */
import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';

const FOLDER = new URL('../src/app/http/cafe/placeholders/', import.meta.url);

/** A pot on a flame, as in the element, 96 by 96. */
const KITCHEN = `
  <g fill="none" stroke="#5b4a3f" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">
    <path d="M36 27c-5-5 4-8 0-13s4-7 1-11M48 23c-5-5 4-8 0-12s4-6 1-10M60 27c-5-5 4-8 0-13s4-7 1-11"/>
    <path d="M23 46c2-8 13-12 25-12s23 4 25 12zM44 34c0-6 8-6 8 0M32 42c3-2 6-3 9-4"/>
    <path d="M19 50h58M23 50v17c0 6 3 9 9 9h32c6 0 9-3 9-9V50"/>
    <path d="M23 56h-6c-5 0-5 7 0 7h6M73 56h6c5 0 5 7 0 7h-6M30 57v9c0 2 1 4 3 4M27 93h42"/>
    <path stroke="#d0643f" d="M37 81c1 3-3 4-3 7a3 3 0 0 0 6 0c0-2-2-3-3-7zM48 79c1 4-4 5-4 9a4 4 0 0 0 8
      0c0-2-1-2-2-4-1 1-2 0-2-5zM59 81c1 3-3 4-3 7a3 3 0 0 0 6 0c0-2-2-3-3-7z"/>
  </g>`;

function drawing(width: number, height: number): Buffer {
  const side = Math.min(width, height) * 0.5;
  const place = `translate(${(width - side) / 2} ${(height - side) / 2}) scale(${side / 96})`;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
      <rect width="100%" height="100%" fill="#f3ebe2"/><g transform="${place}">${KITCHEN}</g></svg>`,
  );
}

const png = sharp(drawing(1024, 1024)).png({ palette: true, colours: 32, compressionLevel: 9 });
await writeFile(new URL('placeholder.png', FOLDER), await png.toBuffer());
const jpeg = sharp(drawing(1200, 630)).jpeg({ quality: 80, mozjpeg: true });
await writeFile(new URL('placeholder-card.jpg', FOLDER), await jpeg.toBuffer());
