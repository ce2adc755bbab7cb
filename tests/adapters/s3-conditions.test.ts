import { describe, expect, it } from 'vitest';
import type { S3ImageStore } from '../../src/adapters/image-store/s3.ts';
import { connectS3Store, failureOf, SHORT } from '../support/open-s3-store.ts';
import { CEPHS_CONDITIONS, REFUSED_CONDITIONS } from '../support/s3-conditions.ts';
import type { S3Call, S3StandIn } from '../support/s3-stand-in.ts';

const PNG = { contentType: 'image/png' };
const ONE = Buffer.from('one');
const TWO = Buffer.from('two');
const SCRATCH = /^records\/scratch\/[0-9a-f-]{36}$/;
const REFUSED = { kind: 'status', status: 403, code: 'AccessDenied' } as const;
const LOST = { kind: 'cut', afterwards: true } as const;
const PUT_IF_ABSENT = 'PUT with If-None-Match';
const PUT_IF_MATCH = 'PUT with If-Match';
const COPY_IF_ABSENT = 'COPY with If-None-Match';

const PATIENT = { readTimeoutMs: 20_000, writeTimeoutMs: 20_000 };

/** A store whose calls end in time also on a busy machine. */
function connectPatiently(settings: Parameters<typeof connectS3Store>[0] = {}) {
  return connectS3Store({ timeouts: PATIENT, ...settings });
}

/** A store that knows already what it can do. */
async function connected(settings: Parameters<typeof connectS3Store>[0] = {}) {
  const connection = await connectPatiently(settings);
  await connection.store.learnFeatures();
  connection.standIn.journal.length = 0;
  return connection;
}

function trialCalls({ journal }: S3StandIn): S3Call[] {
  return journal.filter(({ key }) => SCRATCH.test(key));
}

/** What was asked for of keys that are no scratch, with the condition it was asked under. */
function asked({ journal }: S3StandIn): string[] {
  return journal
    .filter(({ key }) => !SCRATCH.test(key))
    .map(({ operation, key, headers }) => {
      const condition = headers['if-none-match'] ?? headers['if-match'];
      return `${operation} ${key}${condition === undefined ? '' : ` ${condition}`}`;
    });
}

function textAt(standIn: S3StandIn, key: string): string {
  return Buffer.from(standIn.objects.get(key)!.bytes).toString();
}

describe('what an S3 store can do', () => {
  it.each([
    ['all, like Amazon', {}, []],
    [
      'conditions with ETags that have no quotes, on puts alone',
      CEPHS_CONDITIONS,
      [COPY_IF_ABSENT],
    ],
    ['conditions with quoted ETags', { etagForm: 'quoted' }, []],
    ['no conditions on copies', { copyIfAbsent: 'refused' }, [COPY_IF_ABSENT]],
    ['no If-Match', { putIfMatch: 'refused' }, [PUT_IF_MATCH]],
    ['no If-Match, in silence', { putIfMatch: 'ignored' }, [PUT_IF_MATCH]],
    ['no additions', { putIfAbsent: 'refused' }, [PUT_IF_ABSENT]],
    ['no additions, in silence', { putIfAbsent: 'ignored' }, [PUT_IF_ABSENT]],
    [
      'no condition on puts',
      { putIfAbsent: 'ignored', putIfMatch: 'refused' },
      [PUT_IF_ABSENT, PUT_IF_MATCH],
    ],
    ['no condition', REFUSED_CONDITIONS, [PUT_IF_ABSENT, PUT_IF_MATCH, COPY_IF_ABSENT]],
    [
      'no condition, in silence',
      { putIfAbsent: 'ignored', putIfMatch: 'ignored', copyIfAbsent: 'ignored' },
      [PUT_IF_ABSENT, PUT_IF_MATCH, COPY_IF_ABSENT],
    ],
  ] as const)(
    'may be %s; its answers are right, and what it lacks is said once',
    async (...row) => {
      const [, conditions, lacks] = row;
      const { standIn, store, notice } = await connectPatiently({ conditions });
      const first = await store.put('a.png', ONE, PNG, { ifAbsent: true });
      expect(first).toBe(standIn.objects.get('a.png')!.etag);
      expect(await store.put('a.png', TWO, PNG, { ifAbsent: true })).toBeUndefined();
      expect(await store.put('a.png', TWO, PNG, { ifMatch: '"stale"' })).toBeUndefined();
      expect(await store.put('none.png', TWO, PNG, { ifMatch: first! })).toBeUndefined();
      expect(textAt(standIn, 'a.png')).toBe('one');

      const second = await store.put('a.png', TWO, PNG, { ifMatch: first! });
      expect(second).toBe((await store.head('a.png'))!.etag);
      expect(textAt(standIn, 'a.png')).toBe('two');

      standIn.seed('there.png', 'old');
      expect(await store.copy('a.png', 'b.png', PNG, { ifAbsent: true })).toBe('copied');
      expect(await store.copy('a.png', 'there.png', PNG, { ifAbsent: true })).toBe('exists');
      expect(await store.copy('none.png', 'c.png', PNG, { ifAbsent: true })).toBe('missing');
      expect([...standIn.objects.keys()].toSorted()).toEqual(['a.png', 'b.png', 'there.png']);
      expect([textAt(standIn, 'b.png'), textAt(standIn, 'there.png')]).toEqual(['two', 'old']);

      const told = notice.mock.calls.map(([, details]) => details);
      expect(told).toEqual(lacks.length === 0 ? [] : [{ bucket: 'cafe-pictures', lacks }]);
    },
  );

  it('is used: conditions are sent where they are heeded, and looked after where not', async () => {
    const write = async (store: S3ImageStore) => {
      await store.put('a.png', ONE, PNG, { ifAbsent: true });
      await store.put('a.png', TWO, PNG, { ifMatch: '"x"' });
      await store.copy('a.png', 'b.png', PNG, { ifAbsent: true });
    };
    const amazon = await connected();
    await write(amazon.store);
    expect(asked(amazon.standIn)).toEqual(['put a.png *', 'put a.png x', 'copy b.png *']);
    const strict = await connected({ conditions: { etagForm: 'quoted' } });
    await write(strict.store);
    expect(asked(strict.standIn)).toEqual(['put a.png *', 'put a.png "x"', 'copy b.png *']);
    const ceph = await connected({ conditions: CEPHS_CONDITIONS });
    await write(ceph.store);
    const inTwoSteps = ['get a.png', 'put b.png *'];
    expect(asked(ceph.standIn)).toEqual(['put a.png *', 'put a.png x', ...inTwoSteps]);
    const plain = await connected({ conditions: REFUSED_CONDITIONS });
    await write(plain.store);
    const afterALook = ['head a.png', 'put a.png', 'head a.png', 'head b.png', 'copy b.png'];
    expect(asked(plain.standIn)).toEqual(afterALook);
  });

  it.each([
    [
      'conditional puts',
      REFUSED_CONDITIONS,
      'The image store does not support conditional puts, so replicas may buy the same picture twice',
    ],
    [
      'conditional copies',
      CEPHS_CONDITIONS,
      'The image store does not support conditional copies, so fallbacks are read and written instead',
    ],
  ])('is told with what comes of it where it lacks %s', async (_, conditions, message) => {
    const { notice } = await connected({ conditions });
    expect(notice).toHaveBeenCalledExactlyOnceWith(message, expect.anything());
  });

  it('is found out in few calls that leave nothing behind', async () => {
    const { standIn, store } = await connectPatiently();
    await store.learnFeatures();
    expect(trialCalls(standIn)).toHaveLength(standIn.journal.length);
    const calls = standIn.journal.map(({ operation, status }) => `${operation} ${status}`);
    expect(calls.toSorted()).toEqual([
      ...['copy 200', 'copy 200', 'copy 412'],
      ...Array(7).fill('delete 204'),
      ...['head 200', 'list 200'],
      ...Array(6).fill('put 200'),
      ...['put 412', 'put 412'],
    ]);
    expect(standIn.objects.size).toBe(0);
  });

  it('is found out with at most two writes of a key', async () => {
    const { standIn, store } = await connectPatiently();
    await store.learnFeatures();
    const writes = standIn.journal.filter(({ operation }) => /put|copy/.test(operation));
    const keys = new Set(writes.map(({ key }) => key));
    for (const key of keys) {
      expect(writes.filter((write) => write.key === key).length).toBeLessThanOrEqual(2);
    }
  });

  it.each([
    [400, 'InvalidArgument'],
    [400, 'NotImplemented'],
    [400, 'XNotImplemented'],
    [403, 'SignatureDoesNotMatch'],
    [405, 'MethodNotAllowed'],
    [501, 'NotImplemented'],
  ])('is less where conditions are answered %i %s', async (status, code) => {
    const conditions = { ...REFUSED_CONDITIONS, refusedWith: { status, code } };
    const { store, notice } = await connected({ conditions });
    expect(await store.put('a.png', ONE, PNG, { ifAbsent: true })).toBeDefined();
    expect(await store.put('a.png', TWO, PNG, { ifAbsent: true })).toBeUndefined();
    const lacks = [PUT_IF_ABSENT, PUT_IF_MATCH, COPY_IF_ABSENT];
    expect(notice).toHaveBeenCalledExactlyOnceWith(expect.anything(), {
      bucket: 'cafe-pictures',
      lacks,
    });
  });

  it('is not less where every put is refused, as with a wrong region', async () => {
    const { standIn, store, notice } = await connectPatiently();
    const malformed = {
      kind: 'status',
      status: 400,
      code: 'AuthorizationHeaderMalformed',
    } as const;
    standIn.fault({ operation: 'put' }, malformed, 99);
    const add = () => store.put('a.png', ONE, PNG, { ifAbsent: true });
    for (let n = 0; n < 2; n += 1) expect((await failureOf(add())).cause.message).toMatch(/region/);
    const told = { bucket: 'cafe-pictures', error: expect.stringMatching(/Malformed/) };
    expect(notice).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/doctor/), told);
    standIn.mend();
    expect(await add()).toBeDefined();
    expect(notice).toHaveBeenCalledTimes(1);
  });

  it('is found out once, for all who need to know it', async () => {
    const { standIn, store } = await connectPatiently();
    standIn.seed('from.png', 'cake');
    await Promise.all([
      store.learnFeatures(),
      ...[1, 2, 3].map((n) => store.put(`${n}.png`, ONE, PNG, { ifAbsent: true })),
      ...[4, 5].map((n) => store.put(`${n}.png`, ONE, PNG, { ifMatch: '"x"' })),
      store.copy('from.png', '6.png', PNG, { ifAbsent: true }),
      store.learnFeatures(),
    ]);
    expect(new Set(trialCalls(standIn).map(({ key }) => key)).size).toBe(7);
    const before = trialCalls(standIn).length;
    await store.put('7.png', ONE, PNG, { ifAbsent: true });
    expect(trialCalls(standIn)).toHaveLength(before);
  });

  it('does not matter to reads and to writes without a condition', async () => {
    const { standIn, store } = await connectPatiently();
    await store.put('a.png', ONE, PNG);
    await store.head('a.png');
    await store.get('a.png');
    await Array.fromAsync(store.list(''));
    await store.delete('a.png');
    expect(trialCalls(standIn)).toEqual([]);
  });

  it.each(['put', 'copy'] as const)(
    'is asked again where a %s of the trial failed, and nothing is written until it is known',
    async (operation) => {
      const { standIn, store, notice } = await connectPatiently();
      // One of them may be a condition that is not known.
      standIn.fault({ operation, key: SCRATCH }, REFUSED, operation === 'put' ? 5 : 1);
      await store.learnFeatures();
      const add = () => store.put('a.png', ONE, PNG, { ifAbsent: true });
      standIn.fault({ operation, key: SCRATCH }, REFUSED, operation === 'put' ? 5 : 1);
      const { cause } = await failureOf(add());
      expect(cause.message).toMatch(/conditional writes at records\/scratch\/.*403 AccessDenied/);
      expect(standIn.objects.size).toBe(0);
      standIn.mend();
      expect(await add()).toBe(standIn.objects.get('a.png')!.etag);
      expect([...standIn.objects.keys()]).toEqual(['a.png']);
      expect(notice).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/doctor/), {
        bucket: 'cafe-pictures',
        error: expect.stringMatching(/403 AccessDenied/),
      });
    },
  );

  it('is not waited for beyond the time of a write', async () => {
    const { standIn, store } = await connectS3Store({ timeouts: SHORT });
    standIn.fault({ operation: 'put', key: SCRATCH }, { kind: 'hang' }, 9);
    const { cause } = await failureOf(store.put('a.png', ONE, PNG, { ifAbsent: true }));
    expect(cause.message).toMatch(/no response within 700 ms/);
    expect(standIn.objects.size).toBe(0);
  });

  it('is known all the same where the scratch cannot be deleted, which is said', async () => {
    const { standIn, store, notice } = await connectPatiently();
    standIn.fault({ operation: 'delete' }, REFUSED);
    await store.learnFeatures();
    await store.put('a.png', ONE, PNG, { ifAbsent: true });
    expect(notice).toHaveBeenCalledExactlyOnceWith(
      'A temporary object could not be deleted',
      expect.objectContaining({ error: expect.stringMatching(/DELETE records\/scratch.*403/) }),
    );
  });

  it.each([0, 1, 2, 3])('is found out though answer %i to a put was lost', async (before) => {
    const { standIn, store, notice } = await connectPatiently();
    if (before > 0) standIn.fault({ operation: 'put' }, { kind: 'delay', ms: 0 }, before);
    standIn.fault({ operation: 'put' }, LOST);
    standIn.fault({ operation: 'copy' }, LOST);
    await store.put('a.png', ONE, PNG, { ifAbsent: true });
    expect(trialCalls(standIn).filter(({ status }) => status === 0)).toHaveLength(2);
    expect(notice).not.toHaveBeenCalled();
  });
});

describe.each([
  ['an addition', { ifAbsent: true }],
  ['a replacement', { ifMatch: '"f97c5d29941bfb1b2fdab0874906ab82"' }],
] as const)('%s in an S3 store', (name, condition) => {
  /** A store in which the condition holds. */
  async function prepared() {
    const { standIn, store } = await connected();
    const restore = () => {
      standIn.objects.clear();
      if ('ifMatch' in condition) standIn.seed('a.png', ONE);
    };
    restore();
    if ('ifMatch' in condition) expect(standIn.objects.get('a.png')!.etag).toBe(condition.ifMatch);
    return { standIn, store, restore, write: () => store.put('a.png', TWO, PNG, condition) };
  }

  it('is tried again while another write is under way, but not for ever', async () => {
    const { standIn, write, restore } = await prepared();
    const conflict = { kind: 'status', status: 409, code: 'ConditionalRequestConflict' } as const;
    standIn.fault({ operation: 'put' }, conflict, 3);
    expect(await write()).toBe(standIn.objects.get('a.png')!.etag);
    expect(standIn.calls('put')).toHaveLength(4);
    restore();
    standIn.fault({ operation: 'put' }, conflict, 4);
    await failureOf(write());
    expect(standIn.calls('put')).toHaveLength(8);
  });

  it('is known to have been done though its answer was lost', async () => {
    const { standIn, store, write } = await prepared();
    standIn.fault({ operation: 'put' }, LOST);
    expect(await write()).toBe((await store.head('a.png'))!.etag);
    expect(textAt(standIn, 'a.png')).toBe('two');
    expect(standIn.calls('put').map(({ status }) => status)).toEqual([0, 412]);
  });

  it("is not done when what is there after a lost answer is somebody else's", async () => {
    const { standIn, write } = await prepared();
    const answer = () => {
      standIn.seed('a.png', TWO);
      return Response.error();
    };
    standIn.fault({ operation: 'put' }, { kind: 'answer', answer });
    expect(await write()).toBeUndefined();
    expect(standIn.calls('put').map(({ status }) => status)).toEqual([0, 412]);
  });

  it('is not done when what it met after a lost answer has gone', async () => {
    const { standIn, write } = await prepared();
    standIn.fault({ operation: 'put' }, { kind: 'status', status: 500 });
    const answer = () => {
      standIn.objects.clear();
      return new Response('<Error><Code>PreconditionFailed</Code></Error>', { status: 412 });
    };
    standIn.fault({ operation: 'put' }, { kind: 'answer', answer });
    expect(await write()).toBeUndefined();
    expect(standIn.objects.size).toBe(0);
  });

  it('leaves nothing of its own in the metadata', async () => {
    const { store } = await prepared();
    const labels = { ...PNG, metadata: { mine: name } };
    await store.put('a.png', TWO, labels, condition);
    expect((await store.head('a.png'))!.metadata).toEqual({ mine: name });
    expect((await store.get('a.png'))!.metadata).toEqual({ mine: name });
  });

  it('fails where the bucket is gone', async () => {
    const { standIn, write } = await prepared();
    const gone = { kind: 'status', status: 404, code: 'NoSuchBucket' } as const;
    standIn.fault({ operation: 'put' }, gone);
    const { cause } = await failureOf(write());
    expect(cause.message).toMatch(/NoSuchBucket/);
  });
});

describe('a store that throttles', () => {
  const THROTTLED = { kind: 'status', status: 429, code: 'TooManyRequests' } as const;

  it('accepts a second write of a key once it is time', async () => {
    const { standIn, store } = await connectPatiently({ quirks: { writePauseMs: 1000 } });
    const etag = await store.put('a.png', ONE, PNG, { ifAbsent: true });
    expect(await store.put('a.png', TWO, PNG, { ifMatch: etag! })).toBeDefined();
    await store.put('a.png', ONE, PNG);
    await store.copy('a.png', 'b.png', PNG);
    await store.delete('b.png');
    expect([...standIn.objects.keys()]).toEqual(['a.png']);
    expect(standIn.journal.some(({ status }) => status === 429)).toBe(true);
  }, 60_000);

  it('is asked again for as long as a write may take, and then fails', async () => {
    const timeouts = { readTimeoutMs: 700, writeTimeoutMs: 700 };
    const { standIn, store } = await connectS3Store({ timeouts });
    standIn.fault({ operation: 'put' }, THROTTLED, Number.POSITIVE_INFINITY);
    await failureOf(store.put('a.png', ONE, PNG));
    await failureOf(store.put('a.png', ONE, PNG, { ifAbsent: true }));
  });

  it('knows its own write again, though its answer was lost before', async () => {
    const { standIn, store } = await connected();
    standIn.fault({ operation: 'put' }, LOST);
    standIn.fault({ operation: 'put' }, THROTTLED, 3);
    const etag = await store.put('a.png', ONE, PNG, { ifAbsent: true });
    expect(etag).toBe(standIn.objects.get('a.png')!.etag);
  }, 30_000);
});

describe('a copy that replaces nothing in an S3 store', () => {
  it('is known to have been made though its answer was lost', async () => {
    const { standIn, store } = await connected();
    standIn.seed('a.png', ONE);
    standIn.fault({ operation: 'copy' }, LOST);
    const labels = { ...PNG, metadata: { mine: '1' } };
    expect(await store.copy('a.png', 'b.png', labels, { ifAbsent: true })).toBe('copied');
    expect(standIn.calls('copy').map(({ status }) => status)).toEqual([0, 412]);
    expect((await store.head('b.png'))!.metadata).toEqual({ mine: '1' });
  });
});

describe('the ETag of a put', () => {
  it('is quoted, also where the store answers it without quotes', async () => {
    const { standIn, store } = await connected();
    const answer = () => new Response(null, { headers: { etag: 'abc' } });
    standIn.fault({ operation: 'put' }, { kind: 'answer', answer });
    expect(await store.put('a.png', ONE, PNG)).toBe('"abc"');
  });

  it('has to be in the answer', async () => {
    const { standIn, store } = await connected();
    standIn.fault({ operation: 'put' }, { kind: 'answer', answer: () => new Response(null) });
    await failureOf(store.put('a.png', ONE, PNG));
  });
});

describe('a deletion under a condition', () => {
  it.each([
    ['heeded', {}, ['changed', 'deleted']],
    ['heeded with ETags without quotes', { etagForm: 'bare' }, ['changed', 'deleted']],
    ['refused', { deleteIfMatch: 'refused' }, ['unsupported', 'unsupported']],
    ['ignored', { deleteIfMatch: 'ignored' }, ['unsupported', 'unsupported']],
    ['ignored, as with puts', { putIfMatch: 'ignored' }, ['unsupported', 'unsupported']],
  ] as const)('may be %s, which is tried once and leaves nothing behind', async (...row) => {
    const [, conditions, outcomes] = row;
    const { standIn, store } = await connected({ conditions });
    const etag = (await store.put('a.png', ONE, PNG)) ?? '';
    const stale = await store.deleteIfMatch('a.png', '"00000000000000000000000000000000"');
    expect([stale, await store.deleteIfMatch('a.png', etag)]).toEqual(outcomes);
    const isThere = standIn.objects.has('a.png');
    expect([...standIn.objects.keys()]).toEqual(isThere ? ['a.png'] : []);
    expect(isThere).toBe(outcomes[1] === 'unsupported');
    expect(trialCalls(standIn).length).toBeLessThanOrEqual(4);
  });

  it('is not tried where the bucket lets nothing be deleted, and another way is left', async () => {
    const { standIn, store } = await connected();
    standIn.fault({ operation: 'delete' }, REFUSED, 9);
    expect(await store.deleteIfMatch('a.png', '"x"')).toBe('unsupported');
  });

  it('fails where the store cannot be asked, and is tried again', async () => {
    const { standIn, store } = await connected();
    standIn.fault({ operation: 'put' }, { kind: 'status', status: 500 }, 9);
    await failureOf(store.deleteIfMatch('a.png', '"x"'));
    standIn.mend();
    expect(await store.deleteIfMatch('a.png', '"x"')).toBe('changed');
  });
});
