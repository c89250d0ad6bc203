/** Small histories of each object, as rows, with the verdict that a reader would give. */
import type { HistoryEvent, Json } from '../formats/event.ts'
import type { ObjectName } from './objects.ts'

/** One op: what it asks, what it got (absent: it did not return), when it was called, and when it returned. */
export type Row = readonly [f: string, value: Json | undefined, output: Json | undefined, call: number, end?: number]

/** A process for each op, unless an owner is told apart by it. */
export function history(rows: readonly Row[]): readonly HistoryEvent[] {
  const events = rows.flatMap(([f, value, output, call, end], process) => {
    const base = { process, f, ...(value === undefined ? {} : { value }) }
    const invoke = { ...base, timeUs: call, type: 'invoke' } as const
    const answer = output === undefined ? {} : { output }
    return end === undefined ? [invoke] : [invoke, { ...base, ...answer, timeUs: end, type: 'ok' } as const]
  })
  return events
    .sort((a, b) => a.timeUs - b.timeUs || (a.type === 'invoke' ? -1 : 1))
    .map((event, index) => ({ index, ...event }))
}

export const examples: readonly (readonly [ObjectName, 'valid' | 'illegal', string, readonly Row[]])[] = [
  [
    'counter',
    'valid',
    'a read sees an add that is under way',
    [
      ['add', 5, null, 0, 9],
      ['read', undefined, 5, 1, 2],
    ],
  ],
  [
    'counter',
    'illegal',
    'a read misses an add that returned',
    [
      ['add', 5, 5, 0, 1],
      ['read', undefined, 0, 2, 3],
    ],
  ],
  [
    'counter',
    'illegal',
    'two adds answer the same',
    [
      ['add', 1, 1, 0, 5],
      ['add', 1, 1, 0, 5],
    ],
  ],
  [
    'counter',
    'valid',
    'it also counts down',
    [
      ['add', 2, null, 0, 1],
      ['add', -3, -1, 2, 3],
      ['read', undefined, -1, 4, 5],
    ],
  ],
  [
    'set',
    'valid',
    'an item is new once',
    [
      ['add', 'a', true, 0, 5],
      ['add', 'a', false, 1, 5],
      ['read', undefined, ['a'], 6, 7],
    ],
  ],
  [
    'set',
    'illegal',
    'an item is new twice',
    [
      ['add', 'a', true, 0, 5],
      ['add', 'a', true, 1, 5],
    ],
  ],
  [
    'set',
    'valid',
    'a removal that did not return was seen',
    [
      ['add', 1, null, 0, 1],
      ['remove', 1, undefined, 2],
      ['contains', 1, false, 3, 4],
    ],
  ],
  [
    'set',
    'illegal',
    'an item comes back',
    [
      ['add', 1, null, 0, 1],
      ['remove', 1, true, 2, 3],
      ['contains', 1, true, 4, 5],
    ],
  ],
  [
    'set',
    'illegal',
    'two reads saw items in different orders',
    [
      ['add', 1, null, 0, 9],
      ['add', 2, null, 0, 9],
      ['read', undefined, [1], 1, 2],
      ['read', undefined, [2], 3, 4],
    ],
  ],
  [
    'list',
    'valid',
    'appends at the same time come in either order',
    [
      ['append', 1, null, 0, 5],
      ['append', 2, null, 0, 5],
      ['read', undefined, [2, 1], 6, 7],
    ],
  ],
  [
    'list',
    'illegal',
    'an append that returned is missing',
    [
      ['append', 1, null, 0, 1],
      ['append', 2, null, 2, 3],
      ['read', undefined, [2], 4, 5],
    ],
  ],
  [
    'queue',
    'valid',
    'a dequeue finds nothing before the enqueue',
    [
      ['enqueue', 'a', null, 0, 5],
      ['dequeue', undefined, null, 1, 2],
      ['dequeue', undefined, 'a', 6, 7],
    ],
  ],
  [
    'queue',
    'illegal',
    'the second is dequeued first',
    [
      ['enqueue', 1, null, 0, 1],
      ['enqueue', 2, null, 2, 3],
      ['dequeue', undefined, 2, 4, 5],
      ['dequeue', undefined, 1, 6, 7],
    ],
  ],
  [
    'queue',
    'valid',
    'a dequeue that did not return got the first',
    [
      ['enqueue', 1, null, 0, 1],
      ['enqueue', 2, null, 2, 3],
      ['dequeue', undefined, undefined, 4],
      ['dequeue', undefined, 2, 5, 6],
    ],
  ],
  [
    'queue',
    'illegal',
    'it was called too late for that',
    [
      ['enqueue', 1, null, 0, 1],
      ['enqueue', 2, null, 2, 3],
      ['dequeue', undefined, 2, 4, 5],
      ['dequeue', undefined, undefined, 6],
    ],
  ],
  [
    'queue',
    'illegal',
    'it was never empty, though no item stayed',
    [
      ['enqueue', 1, null, 0, 1],
      ['dequeue', undefined, null, 2, 9],
      ['enqueue', 2, null, 3, 4],
      ['dequeue', undefined, 1, 5, 6],
      ['dequeue', undefined, 2, 10, 11],
    ],
  ],
  [
    'queue',
    'valid',
    'the same item twice',
    [
      ['enqueue', 1, null, 0, 1],
      ['enqueue', 1, null, 2, 3],
      ['dequeue', undefined, 1, 4, 5],
      ['dequeue', undefined, 1, 6, 7],
    ],
  ],
  [
    'priority-queue',
    'valid',
    'the smallest first',
    [
      ['insert', 2, null, 0, 1],
      ['insert', 1, null, 2, 3],
      ['remove-min', undefined, 1, 4, 5],
      ['remove-min', undefined, 2, 6, 7],
      ['remove-min', undefined, null, 8, 9],
    ],
  ],
  [
    'priority-queue',
    'illegal',
    'a smaller one was there',
    [
      ['insert', 2, null, 0, 1],
      ['insert', 1, null, 2, 3],
      ['remove-min', undefined, 2, 4, 5],
    ],
  ],
  [
    'stack',
    'valid',
    'the last first',
    [
      ['push', 1, null, 0, 1],
      ['push', 2, null, 2, 3],
      ['pop', undefined, 2, 4, 5],
      ['pop', undefined, 1, 6, 7],
      ['pop', undefined, null, 8, 9],
    ],
  ],
  [
    'stack',
    'illegal',
    'the first was popped from below',
    [
      ['push', 1, null, 0, 1],
      ['push', 2, null, 2, 3],
      ['pop', undefined, 1, 4, 5],
      ['pop', undefined, 2, 6, 7],
    ],
  ],
  [
    'mutex',
    'valid',
    'one after the other',
    [
      ['acquire', 'a', null, 0, 9],
      ['release', 'a', null, 10, 11],
      ['acquire', 'b', null, 1, 12],
    ],
  ],
  [
    'mutex',
    'illegal',
    'two hold it',
    [
      ['acquire', 'a', null, 0, 1],
      ['acquire', 'b', null, 2, 3],
      ['release', 'a', null, 4, 5],
    ],
  ],
  [
    'mutex',
    'valid',
    'an attempt is refused while it is held',
    [
      ['acquire', 'a', true, 0, 1],
      ['acquire', 'b', false, 2, 3],
    ],
  ],
  [
    'mutex',
    'illegal',
    'it is refused though nobody holds it',
    [
      ['acquire', 'a', true, 0, 1],
      ['release', 'a', true, 2, 3],
      ['acquire', 'b', false, 4, 5],
    ],
  ],
  [
    'mutex',
    'illegal',
    'somebody else releases it',
    [
      ['acquire', 'a', null, 0, 1],
      ['release', 'b', null, 2, 3],
    ],
  ],
  [
    'fenced-lock',
    'valid',
    'tokens grow, with gaps',
    [
      ['acquire', 'a', 3, 0, 1],
      ['release', 'a', null, 2, 3],
      ['acquire', 'b', 7, 4, 5],
    ],
  ],
  [
    'fenced-lock',
    'illegal',
    'a token comes again',
    [
      ['acquire', 'a', 3, 0, 1],
      ['release', 'a', null, 2, 3],
      ['acquire', 'b', 3, 4, 5],
    ],
  ],
  [
    'fenced-lock',
    'illegal',
    'no token is left for who did not hear of his',
    [
      ['acquire', 'a', 3, 0, 1],
      ['release', 'a', null, 2, 3],
      ['acquire', 'b', undefined, 4],
      ['release', 'b', null, 6, 7],
      ['acquire', 'c', 4, 8, 9],
    ],
  ],
  [
    'transactions',
    'valid',
    'both or none',
    [
      [
        'txn',
        [
          ['w', 'x', 1],
          ['w', 'y', 1],
        ],
        [
          ['w', 'x', 1],
          ['w', 'y', 1],
        ],
        0,
        9,
      ],
      [
        'txn',
        [
          ['r', 'x', null],
          ['r', 'y', null],
        ],
        [
          ['r', 'x', 1],
          ['r', 'y', 1],
        ],
        1,
        2,
      ],
    ],
  ],
  [
    'transactions',
    'illegal',
    'one half is seen',
    [
      [
        'txn',
        [
          ['w', 'x', 1],
          ['w', 'y', 1],
        ],
        [
          ['w', 'x', 1],
          ['w', 'y', 1],
        ],
        0,
        9,
      ],
      [
        'txn',
        [
          ['r', 'x', null],
          ['r', 'y', null],
        ],
        [
          ['r', 'x', 1],
          ['r', 'y', null],
        ],
        1,
        2,
      ],
    ],
  ],
]
