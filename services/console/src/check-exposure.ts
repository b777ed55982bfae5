import {BroadsideError, isLoopback} from '@broadside/runtime'

/**
 * The console names subscribers' counts, servers' replies and drafts: other machines reach it with a token alone.
 * @throws BroadsideError `console.exposed` (invalid).
 */
export function checkExposure(config: {CONSOLE_HOST: string; CONSOLE_TOKEN?: string | undefined}): void {
  if (isLoopback(config.CONSOLE_HOST) || config.CONSOLE_TOKEN !== undefined) return
  throw new BroadsideError(
    'invalid',
    'console.exposed',
    `the console would listen on ${config.CONSOLE_HOST} for everybody who can reach it`,
    {hint: 'Set CONSOLE_TOKEN to 16 characters or more, or CONSOLE_HOST to 127.0.0.1'},
  )
}
