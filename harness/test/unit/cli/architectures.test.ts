// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { assertRunsOn, namedTargets, targetsOf } from '../../../cli/architectures.js';
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

describe('kernels', () => {
  it.each([
    [{ kernel: ['6.12/arm64'] }, ['arm64']],
    [{ kernel: ['6.1/arm64,6.12/arm64'] }, ['arm64']],
    [{ arch: 'arm64', kernel: ['6.12'] }, ['arm64']],
    [{ arch: 'arm64' }, ['arm64']],
    [{ kernel: ['default'] }, [hostTarget.name]],
    [{ kernel: ['6.12/x86_64,6.12/arm64'] }, ['x86_64', 'arm64']],
    [{ arch: 'x86_64,arm64', kernel: ['6.1,6.12'] }, ['x86_64', 'arm64']],
    [{ kernelImage: ['mine/arm64=Image'] }, ['arm64']],
    [{ kernel: ['6.12'], kernelImage: ['mine/arm64=Image'] }, [hostTarget.name, 'arm64']],
  ])('of %j are of %j', (flags, architectures) => {
    expect(namedTargets(flags).map(({ name }) => name)).toEqual(architectures);
  });
});

describe('a program', () => {
  const own = { title: 'agents/wardend', target: unnamedTarget, key: 'wardend' };

  it('is refused on a kernel of another architecture, before anything boots', () => {
    expect(() => {
      assertRunsOn([own], ['6.12', '6.12/arm64']);
    }).toThrow('agents/wardend is built for x86-64, and kernel 6.12/arm64 is AArch64');
    expect(() => {
      assertRunsOn([{ ...own, target: arm }], ['6.12/arm64']);
    }).not.toThrow();
  });

  it('is taken where each kernel has one of its builds, and not for what another is built for', () => {
    expect(() => {
      assertRunsOn([own, { title: 'arm64/wardend', target: arm, key: 'wardend' }], ['6.12', '6.12/arm64']);
    }).not.toThrow();
    expect(() => {
      assertRunsOn([own, { title: 'arm64/other', target: arm, key: 'other' }], ['6.12', '6.12/arm64']);
    }).toThrow('agents/wardend is built for x86-64, and kernel 6.12/arm64 is AArch64');
  });

  it('says what shows it, and what to give besides', () => {
    const otherwise = ({ name }: { readonly name: string }): string => `give ${name}, too`;
    const refuse = () => {
      assertRunsOn([{ ...own, shows: 'it reads rdi', otherwise }], ['6.12/arm64']);
    };
    expect(refuse).toThrow('agents/wardend is built for x86-64 (it reads rdi), and kernel 6.12/arm64 is AArch64');
    expect(refuse).toThrow(
      expect.objectContaining({ next: 'name kernels of x86-64 (--arch x86_64), or give arm64, too' }) as Error,
    );
  });
});
