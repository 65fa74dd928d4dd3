import type { EnforceSignal } from '../model/subject.js';
import type { Bench } from './bench.js';
import { essentialClasses } from './classes/index.js';
import { arrangeAll, phaseWith, type Turn } from './denials.js';
import { type Means, recordLooks } from './looks.js';
import type { Asked } from './subject.js';

/** A value of `{signal}`, and what it must come to. */
export interface SignalWay extends Means {
  readonly signal: EnforceSignal;
}

/** One deed of each kind for every signal that the subject knows; a phase for each. `free` are their controls. */
export async function proveSignalWays(
  bench: Bench,
  ways: readonly SignalWay[],
  free: readonly Turn[],
  asked: Pick<Asked, 'fallback' | 'env'>,
): Promise<void> {
  for (const { signal, ...means } of ways) {
    const phase = `signal ${signal}`;
    if (!bench.agent.signals.has(signal)) {
      bench.notOffered('signal', phase, `it has no signal ${signal}`);
      continue;
    }
    const arranged = await arrangeAll(bench, `signal-${signal}`, essentialClasses);
    const start: Asked = { mode: 'enforce', signal, ...asked, policy: arranged.policy };
    const enforced = await phaseWith(bench, phase, start, arranged, () => Promise.resolve());
    recordLooks(bench, arranged, { free, audited: null, enforced }, means, phase);
  }
}
