interface Step {
  uses?: string;
  run?: string;
}

interface Job {
  steps?: Step[];
  'timeout-minutes'?: number;
  permissions?: unknown;
}

/** The parts of a workflow that have rules. */
export interface Workflow {
  permissions?: unknown;
  concurrency?: unknown;
  jobs?: Record<string, Job>;
}

const EXACT = /^[\w.-]+\/[\w./-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40})$/;

/** Checks our own rules for workflows, beyond GitHub's. Returns one line per fault. */
export function faultsInWorkflow({ permissions, concurrency, jobs = {} }: Workflow): string[] {
  const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);
  const rules = [
    {
      fault: 'permissions are not contents: read, and nothing else',
      at: JSON.stringify(permissions) === '{"contents":"read"}' ? [] : ['the workflow'],
    },
    { fault: 'there is no concurrency group', at: concurrency ? [] : ['the workflow'] },
    { fault: 'there is no timeout-minutes', at: namesOf(jobs, (job) => !job['timeout-minutes']) },
    {
      fault: 'it has permissions of its own',
      at: namesOf(jobs, (job) => Boolean(job.permissions)),
    },
    {
      fault: 'not pinned to one version',
      at: steps.flatMap(({ uses }) => (uses && !EXACT.test(uses) ? [uses] : [])),
    },
    {
      // Otherwise text from others, such as a branch name, would be run, and secrets would be arguments.
      fault: 'an expression in a command',
      at: steps.flatMap(({ run }) => (run?.includes('${{') ? [run] : [])),
    },
  ];
  return rules.flatMap(({ fault, at }) => at.map((place) => `${place}: ${fault}`));
}

function namesOf(jobs: Record<string, Job>, isFaulty: (job: Job) => boolean): string[] {
  return Object.keys(jobs).filter((name) => isFaulty(jobs[name] ?? {}));
}
