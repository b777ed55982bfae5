import {execFileSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'

/** What a process prints that makes a logger with these options and logs twice. */
function printed(options: string): string {
  const logger = fileURLToPath(new URL('logger.ts', import.meta.url))
  const program = `
    import {createLogger} from ${JSON.stringify(logger)}
    const log = createLogger({service: 'test', mute: new Set(['bus.connected']), ...${options}})
    log.info({event: 'bus.connected', site: 'notes'}, 'NATS answers')
    log.info({event: 'release.live', site: 'notes'}, 'release 2 is live')
  `
  return execFileSync(process.execPath, ['--input-type=module', '--eval', program], {encoding: 'utf8'})
}

test('a line of JSON holds the event and its facts, and muted events are left out', () => {
  const lines = printed('{pretty: false}').trim().split('\n')
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0]!)).toMatchObject({event: 'release.live', service: 'test', site: 'notes'})
})

test('for people there is the message, in one line', () => {
  expect(printed('{pretty: true}')).toMatch(/^\[\d\d:\d\d:\d\d\] INFO: release 2 is live\n$/)
})
