/** The model of pictures that the service draws itself, without AI. */
export const SKETCH_MODEL = 'sketch';

const MODEL = /^[\w.:/-]{1,64}$/;

/** A model's name as it is stored with a picture; `undefined` for one that not every store can keep. */
export function storableModel(model: string | undefined): string | undefined {
  return MODEL.test(model ?? '') ? model : undefined;
}

/** How a picture was made, for its alternative text. Older pictures do not name their model. */
export function creditOf(model: string | undefined): string {
  return model === SKETCH_MODEL ? 'drawn by the sketch generator' : 'imagined by AI';
}
