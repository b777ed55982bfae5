import type {ReturnPaths} from '@broadside/bounces'
import {BroadsideError, createLoop, type Service} from '@broadside/runtime'
import type {ImapFlow} from 'imapflow'
import {imapTarget} from './imap-target.ts'
import type {ReportDeps} from './reports.ts'
import {takeMail} from './take-mail.ts'

export type ImapOptions = {
  returnPaths: ReturnPaths
  /** See `imapTarget`. */
  url: string
  everyMs?: number
}

/** Longer mails are no reports, and are marked unread. */
const maxBytes = 5 * 1_024 * 1_024
const atOnce = 500

/**
 * Takes reports from a mailbox over IMAP: those that nobody has seen. A mail is marked as seen once all that follows
 * from it is in the ledger, so that one that is there after a kill is read again and found known. Nothing is deleted. It
 * looks once a minute, on a connection of its own each time.
 *
 * @throws BroadsideError `reports.imap-url` (invalid).
 */
export function createImapReader(deps: ReportDeps, {returnPaths, url, everyMs = 60_000}: ImapOptions): Service {
  const target = imapTarget(url)
  const loop = createLoop({name: 'newsletter.reports.imap', everyMs, log: deps.log, look})
  // Only where there is a mailbox to be read: most have none, and it brings a megabyte of tables along.
  const library = import('imapflow')
  let client: ImapFlow | undefined

  /** True when there may be more. */
  async function look(): Promise<boolean> {
    const {host, port, secure, startTls, user, pass, mailbox} = target
    const imapflow = await library
    const connection = new imapflow.ImapFlow({
      host,
      port,
      secure,
      doSTARTTLS: startTls,
      auth: {user, pass},
      logger: false,
      disableAutoIdle: true,
      connectionTimeout: 30_000,
      greetingTimeout: 30_000,
      socketTimeout: 60_000,
    })
    // Errors come to the calls as well; without a listener one in between would end the process.
    connection.on('error', () => {})
    client = connection
    try {
      await connection.connect()
      await connection.mailboxOpen(mailbox)
      return await takeUnseen(connection)
    } catch (cause) {
      if (cause instanceof BroadsideError) throw cause
      throw new BroadsideError('transient', 'reports.imap', `the mailbox for reports at ${host} cannot be read`, {
        cause,
        hint: 'Look whether the server is up, and at user, password and mailbox in REPORTS_IMAP_URL',
      })
    } finally {
      client = undefined
      await connection.logout().catch(() => connection.close())
    }
  }

  async function takeUnseen(connection: ImapFlow): Promise<boolean> {
    const found = await connection.search({seen: false}, {uid: true})
    const unseen = Array.isArray(found) ? found : []
    for (const uid of unseen.slice(0, atOnce)) {
      const one = String(uid)
      const size = await connection.fetchOne(one, {size: true}, {uid: true})
      if (size !== false && (size.size ?? 0) <= maxBytes) {
        const mail = await connection.fetchOne(one, {source: true}, {uid: true})
        if (mail !== false && mail.source !== undefined) await takeMail(deps, returnPaths, {raw: mail.source})
      }
      await connection.messageFlagsAdd(one, ['\\Seen'], {uid: true})
    }
    return unseen.length > atOnce
  }

  return {
    name: 'newsletter.reports.imap',
    async start() {
      await library
      loop.start()
    },
    async stop() {
      const stopping = loop.stop()
      // A server that is slow to answer is not waited for: what is not marked as seen is read again.
      client?.close()
      await stopping
    },
  }
}
