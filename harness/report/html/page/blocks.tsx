// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { PageBlock, PageFact, PageSourceLine, PageStep } from '../page-data.js';
import { LogView } from './log-view.js';

/** `kernel`: logs and facts of other kernels are left out; null shows all. */
export function Blocks({
  blocks,
  kernel,
}: {
  readonly blocks: readonly PageBlock[];
  readonly kernel: string | null;
}): VNode {
  return (
    <>
      {blocks.map((block, at) => (
        <Block key={at} block={block} kernel={kernel} />
      ))}
    </>
  );
}

function Block({ block, kernel }: { readonly block: PageBlock; readonly kernel: string | null }): VNode | null {
  switch (block.kind) {
    case 'facts':
      return <Facts facts={block.facts.filter((fact) => isOf(fact, kernel))} />;
    case 'source':
      return <Source file={block.file} lines={block.lines} />;
    case 'path':
      return <Path steps={block.steps} />;
    case 'lines':
      return (
        <figure>
          <figcaption>{block.label}</figcaption>
          <Lines lines={block.lines} />
        </figure>
      );
    case 'folded':
      return (
        <details>
          <summary>{block.label}</summary>
          <Lines lines={block.lines} />
        </details>
      );
    case 'command':
      return <CommandLine label={block.label} text={block.text} />;
    case 'log':
      return isOf(block, kernel) ? <LogView key={block.path} log={block} /> : null;
  }
}

function isOf(part: { readonly kernel: string | null }, kernel: string | null): boolean {
  return kernel === null || part.kernel === null || part.kernel === kernel;
}

export function Facts({ facts }: { readonly facts: readonly PageFact[] }): VNode {
  return (
    <dl>
      {facts.map(({ label, text, href }, at) => (
        <div key={at}>
          <dt>{label}</dt>
          <dd>{href === null ? <Quoted text={text} /> : <a href={href}>{text}</a>}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What stands in backquotes is code. */
function Quoted({ text }: { readonly text: string }): VNode {
  return <>{text.split('`').map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part))}</>;
}

function Lines({ lines }: { readonly lines: readonly string[] }): VNode {
  return <pre tabIndex={0}>{lines.join('\n')}</pre>;
}

function Source({ file, lines }: { readonly file: string; readonly lines: readonly PageSourceLine[] }): VNode {
  return (
    <figure class="source">
      <figcaption>{file}</figcaption>
      <pre tabIndex={0}>
        {lines.map(({ line, text, deciding }) => (
          <span key={line} class={deciding ? 'row mark' : 'row'}>
            <span class="number">{line}</span>
            {`${text}\n`}
          </span>
        ))}
      </pre>
    </figure>
  );
}

/** The last decisions of the verifier, oldest first. */
function Path({ steps }: { readonly steps: readonly PageStep[] }): VNode {
  return (
    <figure class="path">
      <figcaption>The way to it: instruction, and registers as the verifier knew them</figcaption>
      <ol>
        {steps.map(({ insn, place, source, action, registers }) => (
          <li key={insn}>
            <span class="number">{insn}</span>
            <span>
              {source !== '' && (
                <span class="comment">
                  {source} <span class="dim">{place}</span>
                </span>
              )}
              <b>{action}</b>
              {registers !== '' && <span class="registers">{registers}</span>}
            </span>
          </li>
        ))}
      </ol>
    </figure>
  );
}

function CommandLine({ label, text }: { readonly label: string; readonly text: string }): VNode {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(true);
    });
  };
  return (
    <div class="command">
      <span class="label">{label}</span>
      <code>{text}</code>
      <button type="button" onClick={copy}>
        {copied ? 'copied' : 'copy'}
      </button>
    </div>
  );
}
