import { Apology, orderDish } from './cafe-api.ts';
import { copies } from './copy-button.ts';
import { curlLine } from './curl-line.ts';
import { Docket, type Served } from './docket.ts';
import { showKitchen } from './kitchen.ts';
import { OrderForm } from './order-form.ts';
import { Places } from './places.ts';
import { Plate } from './plate.ts';

const form = new OrderForm(byId('order') as HTMLFormElement);
const plate = new Plate(byId('plate'));
const docket = new Docket(byId('docket'));
const places = new Places(byId('places'));
const curl = byId('curl');
let busy = false;

form.onOrder(order);
form.onChange(writeCurl);
plate.onTryAgain(() => {
  form.focusSubmit();
  order();
});
places.onChoose(async (served) => {
  if (!busy) await bring(async () => served);
});
copies(byId('copy-url'), byId('url'));
copies(byId('copy-curl'), curl);
writeCurl();
showKitchen(byId('kitchen'), byId('colophon'));

async function order(): Promise<void> {
  if (busy) return;
  const served = await bring(async () => {
    const started = performance.now();
    const dish = await orderDish(form.order);
    return { dish, milliseconds: performance.now() - started };
  });
  if (served) places.serve(served);
}

/** Puts on the plate what `cook` brings, or says why there is nothing. */
async function bring(cook: () => Promise<Served>): Promise<Served | undefined> {
  setBusy(true);
  plate.busy();
  docket.busy();
  try {
    const served = await cook();
    await plate.serve(served.dish);
    docket.serve(served);
    places.mark(served.dish.url);
    return served;
  } catch (error) {
    apologise(error instanceof Apology ? error : new Apology('The picture could not be loaded.'));
    return undefined;
  } finally {
    setBusy(false);
  }
}

function apologise(apology: Apology): void {
  const isRefused = apology.code === 'invalid_page';
  plate.apologise(apology, !isRefused);
  docket.apologise();
  places.mark(undefined);
  if (isRefused) form.refusePath('apology');
}

function setBusy(value: boolean): void {
  busy = value;
  form.busy = value;
}

function writeCurl(): void {
  curl.textContent = curlLine(form.order, location.origin);
}

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`#${id} is missing.`);
  return element;
}
