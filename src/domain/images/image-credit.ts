/** The model name of images that the service draws itself, without AI. */
export const SKETCH_MODEL = 'sketch';

const MODEL = /^[\w.:/-]{1,64}$/;

/** A model's name as stored with an image; `undefined` for a name that some stores cannot keep. */
export function storableModel(model: string | undefined): string | undefined {
  return MODEL.test(model ?? '') ? model : undefined;
}

/** How an image was made, for its alternative text. Older images have no model name. */
export function creditOf(model: string | undefined): string {
  return model === SKETCH_MODEL ? 'drawn by the sketch generator' : 'imagined by AI';
}
