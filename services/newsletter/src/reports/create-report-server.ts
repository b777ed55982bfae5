import {once} from 'node:events'
import type {ReturnPaths} from '@broadside/bounces'
import {BroadsideError, type Service} from '@broadside/runtime'
import {SMTPServer, type SMTPServerSession} from 'smtp-server'
import type {ReportCertificate} from './report-certificate.ts'
import type {ReportDeps} from './reports.ts'
import {readReport} from './read-report.ts'
import {takeMail} from './take-mail.ts'

export type ReportServerOptions = {
  returnPaths: ReturnPaths
  host: string
  /** 0 takes a free one. */
  port: number
  /** One more address that is taken: where providers send complaints. */
  complaintsAddress?: string | undefined
  /** With it mail servers may use STARTTLS; without it none is offered. */
  certificate?: ReportCertificate | undefined
}

/** Reports quote the mail that they are about, and not much else. */
const maxBytes = 5 * 1_024 * 1_024
const maxClients = 50

/**
 * A mail server for what comes back and nothing else: it takes mail for addresses that tell which mail they are about,
 * and for where complaints go. A mail is answered with 250 once all that follows from it is in the ledger, and with 451
 * when the ledger does not answer, so that it comes again.
 *
 * Starting throws BroadsideError `reports.port` (invalid) when the port cannot be listened on.
 */
export function createReportServer(deps: ReportDeps, options: ReportServerOptions): Service & {port: () => number} {
  const {returnPaths, host, port, complaintsAddress, certificate} = options
  const {log} = deps
  const server = new SMTPServer({
    banner: 'Reports about mail, and no other mail',
    // It takes reports from whoever has one, encrypted or not, as mail servers do.
    authOptional: true,
    disabledCommands: certificate === undefined ? ['AUTH', 'STARTTLS'] : ['AUTH'],
    ...certificate,
    hideENHANCEDSTATUSCODES: false,
    size: maxBytes,
    maxClients,
    socketTimeout: 60_000,
    closeTimeout: 2_000,
    disableReverseLookup: true,
    onRcptTo({address}, _session, done) {
      const isTaken =
        returnPaths.read(address) !== undefined || address.toLowerCase() === complaintsAddress?.toLowerCase()
      done(isTaken ? undefined : refusal(550, 'Nobody is here'))
    },
    onData(stream, session, done) {
      readReport(stream)
        .then((raw) =>
          raw === undefined ? Promise.reject(refusal(552, 'Too large for a report')) : take(raw, session),
        )
        .then(() => done())
        .catch((error: Error) => {
          if ('responseCode' in error) return done(error)
          log.error({event: 'report.failed', err: error}, 'a report cannot be written down; it will come again')
          return done(refusal(451, 'Try again later'))
        })
    },
  })
  // A client that hangs up or speaks nonsense is no concern of the others.
  server.on('error', () => {})

  async function take(raw: Buffer, {envelope}: SMTPServerSession): Promise<void> {
    const tags = envelope.rcptTo.map(({address}) => returnPaths.read(address))
    // One mail for several of our mails is one report for each.
    for (const tag of tags.length === 0 ? [undefined] : tags) {
      await takeMail(deps, returnPaths, {raw, ...(tag === undefined ? {} : {to: [tag]})})
    }
  }

  return {
    name: 'newsletter.reports.smtp',
    port: () => (server.server.address() as {port: number} | null)?.port ?? port,
    async start() {
      server.listen(port, host)
      try {
        await once(server.server, 'listening')
      } catch (cause) {
        throw new BroadsideError('invalid', 'reports.port', `reports cannot be taken on ${host}:${port}`, {
          cause,
          hint: 'Choose another REPORTS_SMTP_PORT, or stop what listens there',
        })
      }
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  }
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), {responseCode})
}
