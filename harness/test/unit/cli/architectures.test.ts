// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { assertRunsOn, onlyTarget, targetsOf } from '../../../cli/architectures.js';
import { parseArchitectures, parseKernelImage } from '../../../config/values.js';
import { hostTarget, targetNamed, targetNames, unnamedTarget } from '../../../target.js';

const arm = targetNamed('arm64') ?? unnamedTarget;

describe('--arch', () => {
  it('takes names and what else people call them, each once', () => {
    expect(parseArchitectures('--arch', 'x86_64, aarch64,amd64')).toEqual([unnamedTarget, arm]);
    expect(() => parseArchitectures('--arch', 'riscv64')).toThrow(
      "--arch takes x86_64 and arm64 separated by commas, not 'riscv64'",
    );
  });

  it('is what kernels are that name none, else what the program is, else the host', () => {
    expect(targetsOf({ arch: targetNames.join(',') }, arm)).toEqual([unnamedTarget, arm]);
    expect(targetsOf({}, arm)).toEqual([arm]);
    expect(targetsOf({}, null)).toEqual([hostTarget]);
  });

  it('is of a kernel file, too, in its id', () => {
    const { id } = parseKernelImage('--kernel-image', 'mine/aarch64=Image,modules=/m');
    expect(id).toBe('mine/arm64');
    expect(() => parseKernelImage('--kernel-image', 'mine/riscv64=Image')).toThrow('ID[/ARCHITECTURE]=FILE');
  });
});

describe('a program', () => {
  it.each([
    [{ kernel: ['6.12/arm64'] }, 'arm64'],
    [{ kernel: ['6.1/arm64,6.12/arm64'] }, 'arm64'],
    [{ arch: 'arm64', kernel: ['6.12'] }, 'arm64'],
    [{ arch: 'arm64' }, 'arm64'],
    [{ kernel: ['default'] }, hostTarget.name],
  ])('of %j is built for %s', (flags, architecture) => {
    expect(onlyTarget(flags, 'an agent').name).toBe(architecture);
  });

  it('is built for one of them', () => {
    const ask = () => onlyTarget({ kernel: ['6.12/x86_64,6.12/arm64'] }, 'an agent');
    expect(ask).toThrow('an agent is built for one architecture, and kernels of x86-64 and AArch64 are asked');
  });

  it('is refused on a kernel of another, before anything boots', () => {
    expect(() => {
      assertRunsOn({ title: 'agents/wardend', target: unnamedTarget }, ['6.12', '6.12/arm64']);
    }).toThrow('agents/wardend is built for x86-64, and kernel 6.12/arm64 is AArch64');
    expect(() => {
      assertRunsOn({ title: 'agents/wardend', target: arm }, ['6.12/arm64']);
    }).not.toThrow();
  });
});
