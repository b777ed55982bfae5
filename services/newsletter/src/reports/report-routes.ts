import type {Provider, ProviderReport, ReturnPaths} from '@broadside/bounces'
import {BroadsideError, problemResponse} from '@broadside/runtime'
import {Hono} from 'hono'
import {bodyLimit} from 'hono/body-limit'
import type {ReportDeps, Told} from './reports.ts'
import {takeReport} from './take-report.ts'

export type ReportRoutesDeps = ReportDeps & {
  returnPaths: ReturnPaths
  /** By the name in the address. */
  providers: ReadonlyMap<string, Provider>
  /** Tells a provider that its reports are welcome, by asking for the address that it gave. */
  confirm: (url: string) => Promise<void>
}

/** Providers send some hundred events at once. */
const maxBytes = 5 * 1_024 * 1_024

const statuses: Record<string, number> = {'reports.provider': 404, 'reports.refused': 401, 'http.too-large': 413}

/**
 * `POST /reports/<provider>` for the webhooks of mail providers. The answer comes when all that follows from the events
 * is in the ledger: 200, with how many were taken; those that are known, or tell nothing of ours, count as taken care
 * of. 503 asks for them again.
 */
export function reportRoutes(deps: ReportRoutesDeps): Hono {
  const {providers, returnPaths, clock, log, confirm} = deps
  const routes = new Hono()
  const tooLarge = new BroadsideError('invalid', 'http.too-large', `a report has at most ${maxBytes} bytes`)
  routes.use('/reports/*', bodyLimit({maxSize: maxBytes, onError: () => problemResponse(tooLarge, 413)}))

  routes.post('/reports/:provider', async (c) => {
    const name = c.req.param('provider')
    const provider = providers.get(name)
    if (provider === undefined) {
      throw new BroadsideError('invalid', 'reports.provider', 'no reports are taken from this provider', {
        hint: 'Set its key in the environment of newsletter',
      })
    }
    const body = new Uint8Array(await c.req.arrayBuffer())
    if (!(await provider.verify({headers: c.req.raw.headers, body}, clock.now()))) {
      throw new BroadsideError('invalid', 'reports.refused', 'this is not signed by the provider', {
        hint: 'Compare the key in the environment of newsletter with the one that the provider shows',
      })
    }
    const {reports, confirmUrl} = read(provider, body)
    if (confirmUrl !== undefined) {
      await confirm(confirmUrl)
      log.info({event: 'report.confirmed', provider: name}, `${name} will tell what becomes of mails`)
    }
    let taken = 0
    for (const report of reports) {
      const told = toldBy(name, report, returnPaths)
      if (told !== undefined && (await takeReport(deps, told)) === 'taken') taken += 1
    }
    return c.json({taken})
  })
  routes.onError((error) => {
    if (!(error instanceof BroadsideError)) throw error
    return problemResponse(error, statuses[error.code])
  })
  return routes
}

function read(provider: Provider, body: Uint8Array): ReturnType<Provider['read']> {
  try {
    return provider.read(JSON.parse(Buffer.from(body).toString('utf8')))
  } catch (cause) {
    throw new BroadsideError('invalid', 'reports.malformed', 'a signed report has a shape that is not known', {cause})
  }
}

/** A tag is ours only when it was signed here: others may send by the same account. */
function toldBy(source: string, {tag, quoted, ...report}: ProviderReport, returnPaths: ReturnPaths): Told | undefined {
  const mail = (tag === undefined ? undefined : returnPaths.readTag(tag)) ?? returnPaths.find(quoted)[0]
  return mail === undefined ? undefined : {...report, source, mail: mail.reference}
}
