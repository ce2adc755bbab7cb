/** What the peers answer, so that each body is as long as the cafe's; they look nothing up for it. */
export function answerUrl(): string {
  return given('ANSWER_URL');
}

export function listenOn(): { port: number; host: string } {
  return { port: Number(given('PORT')), host: given('HOST') };
}

function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} must be set; bench/run.ts does`);
  return value;
}
