import { CafeImage } from './cafe-image.component.ts';

export { CafeImage };

declare global {
  interface HTMLElementTagNameMap {
    'cafe-image': CafeImage;
  }
}

// A page may have the script twice.
if (!customElements.get('cafe-image')) customElements.define('cafe-image', CafeImage);
