import { CafeImage, type CafeImageError, type CafeImageLoad } from './cafe-image.component.ts';

export type { CafeImageStatus } from './cafe-image.component.ts';
export type { CafeImageStrings } from './words.ts';
export { CafeImage, type CafeImageError, type CafeImageLoad };

declare global {
  interface HTMLElementTagNameMap {
    'cafe-image': CafeImage;
  }
  interface HTMLElementEventMap {
    'cafe-image-load': CustomEvent<CafeImageLoad>;
    'cafe-image-error': CustomEvent<CafeImageError>;
  }
}

// A page may include the script twice.
if (!customElements.get('cafe-image')) customElements.define('cafe-image', CafeImage);
