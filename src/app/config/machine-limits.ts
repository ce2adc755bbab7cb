/** Connections needed for many readers, besides those to the upstreams. */
const ENOUGH_FILES = 10_000;
/** Bytes the process needs itself, and per image in progress. */
const BASE_BYTES = 200 * 2 ** 20;
const BYTES_A_PICTURE = 16 * 2 ** 20;

/** The limits this machine sets for the process. */
export interface MachineLimits {
  /** Maximum number of open files and connections; absent without a limit. */
  openFiles: number | undefined;
  /** Bytes; absent without a limit. */
  memory: number | undefined;
}

export function machineLimits(): MachineLimits {
  // Otherwise the report resolves the host names of all connections. The types lack this option.
  Object.assign(process.report, { excludeNetwork: true });
  const report = process.report.getReport() as unknown as {
    userLimits?: { open_files?: { soft?: number | string } };
  };
  const files = report.userLimits?.open_files?.soft;
  const memory = process.constrainedMemory();
  return {
    openFiles: typeof files === 'number' ? files : undefined,
    // Without a limit, Node reports zero or an impossibly large number.
    memory: memory > 0 && memory < Number.MAX_SAFE_INTEGER ? memory : undefined,
  };
}

/** Needs that exceed the machine's limits, one line each. */
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
