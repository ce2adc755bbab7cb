/**
 * What the peers answer, headers and body, without looking anything up: an answer of the cafe's, so that
 * all of them send as much.
 */
export function constantAnswer(): { url: string; headers: Record<string, string> } {
  return JSON.parse(given('ANSWER'));
}

export function listenOn(): { port: number; host: string } {
  return { port: Number(given('PORT')), host: given('HOST') };
}

function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} must be set; bench/run.ts does`);
  return value;
}
