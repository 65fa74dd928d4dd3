// SPDX-License-Identifier: Apache-2.0
import { runTool, ToolMissingError } from '../../tool.js';

/**
 * What is taken over of the host's apt.conf: how an archive is reached, and nothing that decides whether it is believed. A
 * host may have switched off what an archive's age, its signature or a server's certificate is checked by.
 */
const connection =
  /^Acquire::(?:(?:https?|ftp)::(?:[^"\s]+::)?(?:Proxy(?:::[^"\s]+)?|Proxy-Auto-Detect|ProxyAutoDetect|CAInfo|CAPath|CrlFile|IssuerCert|SslCert|SslKey|User-Agent)|ForceIPv[46]) "[^"]*";$/i;

/** Those lines of the host's configuration, as apt-config prints them; none without apt. */
export async function hostConnection(): Promise<readonly string[]> {
  try {
    const { exitCode, stdout } = await runTool('apt-config', ['dump']);
    return exitCode === 0 ? stdout.split('\n').filter((line) => connection.test(line)) : [];
  } catch (error) {
    if (error instanceof ToolMissingError) return [];
    throw error;
  }
}
