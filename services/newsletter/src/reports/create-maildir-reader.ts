import {mkdir, readdir, readFile, rename, stat} from 'node:fs/promises'
import {join} from 'node:path'
import type {ReturnPaths} from '@broadside/bounces'
import {BroadsideError, createLoop, type Service} from '@broadside/runtime'
import type {ReportDeps} from './reports.ts'
import {takeMail} from './take-mail.ts'

export type MaildirOptions = {
  returnPaths: ReturnPaths
  /** A folder with `new`, `cur` and `tmp` in it. */
  dir: string
  everyMs?: number
}

/** Longer mails are no reports, and are put aside unread. */
const maxBytes = 5 * 1_024 * 1_024
const atOnce = 500

/**
 * Takes reports from a Maildir, into which a mail server of yours delivers what comes back. A mail goes from `new` to
 * `cur`, marked as seen, once all that follows from it is in the ledger, so that one that is there after a kill is read
 * again and found known. It looks every ten seconds.
 *
 * Starting throws BroadsideError `reports.maildir` (invalid) when the folder cannot be used.
 */
export function createMaildirReader(deps: ReportDeps, {returnPaths, dir, everyMs = 10_000}: MaildirOptions): Service {
  const loop = createLoop({name: 'newsletter.reports.maildir', everyMs, log: deps.log, look})

  /** The oldest first; true when there may be more. */
  async function look(): Promise<boolean> {
    const names = (await readdir(join(dir, 'new'))).filter((name) => !name.startsWith('.')).toSorted()
    for (const name of names.slice(0, atOnce)) {
      const path = join(dir, 'new', name)
      if ((await stat(path)).size <= maxBytes) await takeMail(deps, returnPaths, {raw: await readFile(path)})
      await rename(path, join(dir, 'cur', `${name}:2,S`))
    }
    return names.length > atOnce
  }

  return {
    name: 'newsletter.reports.maildir',
    async start() {
      try {
        for (const part of ['new', 'cur', 'tmp']) await mkdir(join(dir, part), {recursive: true})
      } catch (cause) {
        throw new BroadsideError('invalid', 'reports.maildir', `reports cannot be read from ${dir}`, {
          cause,
          hint: 'Name a Maildir that newsletter may read and write in REPORTS_MAILDIR',
        })
      }
      loop.start()
    },
    stop: () => loop.stop(),
  }
}
