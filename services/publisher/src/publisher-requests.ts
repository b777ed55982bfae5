import {collectTexts, findSite, type RequestHandler} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import {z} from 'zod'
import {collectSite} from './collect-site.ts'
import type {Publisher} from './publisher.ts'
import {reconcileSite} from './reconcile-site.ts'
import {signReceipt} from './sign-receipt.ts'
import {verifySite} from './verify-site.ts'

const sitePayload = z.object({site: z.string()})
const verifyPayload = z.object({
  site: z.string(),
  sample: z.number().int().min(1).optional(),
  repair: z.boolean().default(false),
})
const receiptPayload = z.object({site: z.string(), release: z.number().int().min(1).optional()})
const collectPayload = z.object({
  site: z.string(),
  dryRun: z.boolean().default(false),
  withAssets: z.boolean().default(false),
})

/** What publisher is asked for by hand. `look` makes it look for releases to open at once. */
export function publisherRequests(publisher: Publisher, look: () => void): Record<string, RequestHandler> {
  const {ledger, clock, log} = publisher.deps
  return {
    async reconcile(payload) {
      const {site} = read(sitePayload, payload)
      await findSite(ledger.db, site)
      const found = await reconcileSite(publisher, site)
      look()
      return found
    },
    async receipt(payload) {
      const {site, release} = read(receiptPayload, payload)
      return signReceipt(publisher, site, release)
    },
    async gc(payload) {
      const {site, dryRun: isDry, withAssets} = read(collectPayload, payload)
      await findSite(ledger.db, site)
      const ofSite = await collectSite(publisher, {site, isDry, withAssets})
      const found = {...ofSite, ...(await collectTexts(ledger, {now: clock.now(), isDry}))}
      if (!isDry) log.info({event: 'site.collected', site, ...found}, `collected what ${site} needs no more`)
      if (!isDry && found.assets > 0) look()
      return found
    },
    async verify(payload) {
      const {site, sample, repair} = read(verifyPayload, payload)
      await findSite(ledger.db, site)
      const report = await verifySite(publisher, {site, repair, ...(sample === undefined ? {} : {sample})})
      const {checked, counts, repaired} = report
      log.info(
        {event: 'site.verified', site, checked, ...counts, repaired},
        `${site}: ${checked} outputs compared with the manifest, ${report.faults.length} differ`,
      )
      if (repaired > 0) look()
      return report
    },
  }
}

function read<Value>(schema: z.ZodType<Value>, payload: unknown): Value {
  const parsed = schema.safeParse(payload)
  if (parsed.success) return parsed.data
  throw new BroadsideError('invalid', 'request.malformed', `the request cannot be read: ${parsed.error.message}`)
}
