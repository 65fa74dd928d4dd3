import { denied, flagEvent, fromExempt, type Words, scenarioClass } from '../language.js';

/** bpf(2) itself, which `[deny_bpf]` forbids to all but the agent and an exempt cgroup. */
export const bpf = scenarioClass('bpf', (t) => {
  const pin = `/sys/fs/bpf/pin${t.replaceAll('/', '-')}`;
  const operation = (name: string, ...words: Words) =>
    denied(name, {
      rules: ['deny_bpf', 'allow_cgroup'],
      attempt: words,
      neighbour: fromExempt(...words),
      event: flagEvent,
    });
  return {
    arrange: [['bpf-pin', pin]],
    inodes: [],
    rules: () => ({ deny_bpf: [], allow_cgroup: ['/exempt'] }),
    scenarios: [
      operation('creating a map', 'bpf-map'),
      operation('loading a program', 'bpf-prog'),
      operation('getting a pinned map', 'bpf-get', pin),
    ],
  };
});
