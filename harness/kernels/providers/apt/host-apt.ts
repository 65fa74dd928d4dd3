// SPDX-License-Identifier: Apache-2.0
import { sourcePlacesIn, type SourcePlaces } from './host-mirrors.js';
import { runTool, ToolMissingError } from '../../tool.js';

/**
 * What is taken over of the host's apt.conf: how an archive is reached, and nothing that decides whether it is believed. A
 * host may have switched off what an archive's age, its signature or a server's certificate is checked by.
 */
const connection =
  /^Acquire::(?:(?:https?|ftp)::(?:[^"\s]+::)?(?:Proxy(?:::[^"\s]+)?|Proxy-Auto-Detect|ProxyAutoDetect|CAInfo|CAPath|CrlFile|IssuerCert|SslCert|SslKey|User-Agent)|ForceIPv[46]) "[^"]*";$/i;

/** Those lines of the host's configuration, as apt-config prints them; none without apt. */
export async function hostConnection(): Promise<readonly string[]> {
  return (await askApt('dump')).split('\n').filter((line) => connection.test(line));
}

/** Where the host's apt has its sources: its configuration may name another place than /etc/apt, and so may APT_CONFIG. */
export async function hostSourcePlaces(): Promise<SourcePlaces> {
  const said = await askApt('shell', 'LIST', 'Dir::Etc::sourcelist/f', 'PARTS', 'Dir::Etc::sourceparts/d');
  const usual = sourcePlacesIn('/etc/apt');
  const named = (name: string): string | undefined => new RegExp(`^${name}='(.+)'$`, 'm').exec(said)?.[1];
  return { list: named('LIST') ?? usual.list, parts: named('PARTS') ?? usual.parts };
}

/** What apt-config prints; nothing without apt. */
async function askApt(...args: readonly string[]): Promise<string> {
  try {
    const { exitCode, stdout } = await runTool('apt-config', args);
    return exitCode === 0 ? stdout : '';
  } catch (error) {
    if (error instanceof ToolMissingError) return '';
    throw error;
  }
}
