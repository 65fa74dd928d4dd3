// SPDX-License-Identifier: Apache-2.0
import { UsageError } from '../model/errors.js';
import { shardName, type ShardPlace } from '../model/shard.js';
import { type ShardEngine, shardEngines } from './shard-engines.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Which part of a run this process does, and who says so. */
export interface ShardChoice {
  readonly place: ShardPlace;
  /** For people: `--shard 2/5`, or `GitLab: CI_NODE_INDEX=2, CI_NODE_TOTAL=5`. */
  readonly from: string;
  /** What all shards of one run have in common and those of no other, `CI_PIPELINE_ID=71`; null where nobody says. */
  readonly run: string | null;
}

const option = '--shard';
/** `2/5`, for engines that number their jobs only in their own language, as GitHub Actions does. */
const placeVariable = 'BPF_MATRIX_SHARD';
/** How many there are, for engines that do not say. */
const totalVariable = 'BPF_MATRIX_SHARDS';
/** Names the run that a shard is of. */
const runVariable = 'BPF_MATRIX_RUN';

const mostShards = 1000;

/**
 * `2/5`, or `auto` and `auto/5`: from the environment that an engine sets. Nothing there is looked at unless `auto` asks for
 * it, but for BPF_MATRIX_RUN.
 * @throws UsageError for what is no shard, for an environment that does not say which one, and for two that both do.
 */
export function parseShard(text: string, env: Environment): ShardChoice {
  const [, word = '', count] = /^([^/]*)(?:\/(.*))?$/s.exec(text) ?? [];
  if (word !== 'auto') {
    return { place: placeOf(`${option} ${text}`, text), from: `${option} ${text}`, run: runOf(env, [runVariable]) };
  }
  const total = count === undefined ? null : wholeNumber(`${option} ${text}`, count);
  const own = env[placeVariable] ?? '';
  return own === '' ? byEngine(text, total, env) : byVariable(own, total, env);
}

function placeOf(what: string, text: string): ShardPlace {
  const [, index, total] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  if (index === undefined || total === undefined) {
    throw new UsageError({
      message: `${what}: a shard is a number of so many, ${option} 2/5, or ${option} auto`,
      next: 'docs/shards.md has an example for each engine',
    });
  }
  return checkedPlace(what, { index: Number(index), total: Number(total) });
}

function checkedPlace(what: string, place: ShardPlace): ShardPlace {
  const { index, total } = place;
  if (index >= 1 && index <= total && total <= mostShards) return place;
  throw new UsageError({
    message: `${what}: there is no shard ${shardName(place)}`,
    next: `the first is 1/${Math.max(1, total)}, and there may be ${mostShards}`,
  });
}

function wholeNumber(what: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError({
    message: `${what}: '${text}' is no whole number`,
    next: `say which shard it is: ${option} 2/5`,
  });
}

function byVariable(text: string, total: number | null, env: Environment): ShardChoice {
  const place = placeOf(`${placeVariable}=${text}`, text);
  checkTotals([
    [`${placeVariable}=${text}`, place.total],
    [`${option} auto/${total}`, total],
  ]);
  return { place, from: `${placeVariable}=${text}`, run: runOf(env, [runVariable, 'GITHUB_RUN_ID']) };
}

function byEngine(text: string, asked: number | null, env: Environment): ShardChoice {
  const engine = oneEngine(env);
  const taken: string[] = [];
  const read = (name: string): number => {
    const value = env[name];
    if (value === undefined) throw incomplete(engine, name);
    taken.push(`${name}=${value}`);
    return wholeNumber(`${option} ${text}: ${name}`, value);
  };
  const place = engine.place(read);
  const more = env[totalVariable] === undefined ? null : read(totalVariable);
  const total = checkTotals([
    [`${engine.name} says ${place.total}`, place.total],
    [`${totalVariable}=${more}`, more],
    [`${option} ${text}`, asked],
  ]);
  if (total === null) throw withoutTotal(engine);
  const from = `${engine.name}: ${taken.join(', ')}${asked === null ? '' : `, ${option} ${text}`}`;
  const names = engine.run === null ? [runVariable] : [runVariable, engine.run];
  return { place: checkedPlace(from, { index: place.index, total }), from, run: runOf(env, names) };
}

function oneEngine(env: Environment): ShardEngine {
  const [found, other] = shardEngines.filter(({ mark }) => (env[mark] ?? '') !== '');
  if (found === undefined) {
    throw new UsageError({
      message: `${option} auto: no engine says which shard this is: none of ${[placeVariable, ...shardEngines.map(({ mark }) => mark)].join(', ')} is set`,
      next: `say it: ${option} 2/5, or ${placeVariable}=2/5`,
    });
  }
  if (other === undefined) return found;
  throw new UsageError({
    message: `${option} auto: both ${found.name} (${found.mark}) and ${other.name} (${other.mark}) say which shard this is`,
    next: `say it: ${option} 2/5, or ${placeVariable}=2/5`,
  });
}

/** How many all that say it agree about; null where nobody does. */
function checkTotals(totals: readonly (readonly [who: string, total: number | null])[]): number | null {
  const said = totals.filter(([, total]) => total !== null);
  const [first] = said;
  const other = said.find(([, total]) => total !== first?.[1]);
  if (first === undefined || other === undefined) return first?.[1] ?? null;
  throw new UsageError({
    message: `${option}: how many shards there are is said twice: ${first[0]}, and ${other[0]}`,
    next: 'leave one of the two out',
  });
}

const incomplete = ({ name, mark }: ShardEngine, missing: string): UsageError =>
  new UsageError({
    message: `${option} auto: ${mark} of ${name} is set, and ${missing} is not`,
    next: `say it: ${option} 2/5, or ${placeVariable}=2/5`,
  });

const withoutTotal = ({ name }: ShardEngine): UsageError =>
  new UsageError({
    message: `${option} auto: ${name} does not say how many shards there are`,
    next: `say it: ${option} auto/5, or ${totalVariable}=5`,
  });

function runOf(env: Environment, names: readonly string[]): string | null {
  const name = names.find((one) => (env[one] ?? '') !== '');
  return name === undefined ? null : `${name}=${env[name] ?? ''}`;
}
