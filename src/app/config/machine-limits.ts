/** Connections that a crowd of readers needs, beside those to the upstreams. */
const ENOUGH_FILES = 10_000;
/** Bytes that the process takes by itself, and for each picture that is under way. */
const BASE_BYTES = 200 * 2 ** 20;
const BYTES_A_PICTURE = 16 * 2 ** 20;

/** What this machine gives the process. */
export interface MachineLimits {
  /** Files and connections that may be open at once; absent where there is no limit. */
  openFiles: number | undefined;
  /** Bytes; absent where there is no limit. */
  memory: number | undefined;
}

export function machineLimits(): MachineLimits {
  // Else it would look up the names of all connections; the types do not know it yet.
  Object.assign(process.report, { excludeNetwork: true });
  const report = process.report.getReport() as unknown as {
    userLimits?: { open_files?: { soft?: number | string } };
  };
  const files = report.userLimits?.open_files?.soft;
  const memory = process.constrainedMemory();
  return {
    openFiles: typeof files === 'number' ? files : undefined,
    // Where there is none, Node says zero or more than there can be.
    memory: memory > 0 && memory < Number.MAX_SAFE_INTEGER ? memory : undefined,
  };
}

/** What the machine's limits will not be enough for, a line each. */
export function gapsInLimits(
  { openFiles, memory }: MachineLimits,
  { maxConcurrentGenerations }: { maxConcurrentGenerations: number },
): string[] {
  const needed = BASE_BYTES + maxConcurrentGenerations * BYTES_A_PICTURE;
  const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);
  const gaps: string[] = [];
  if (openFiles !== undefined && openFiles < ENOUGH_FILES) {
    gaps.push(`ulimit -n is ${openFiles}: more readers at once than that cannot connect`);
  }
  if (memory !== undefined && memory < needed) {
    gaps.push(
      `the memory is limited to ${megabytes(memory)} MB, and MAX_CONCURRENT_GENERATIONS=` +
        `${maxConcurrentGenerations} may take ${megabytes(needed)}`,
    );
  }
  return gaps;
}
