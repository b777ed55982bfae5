import type {KeyObject} from 'node:crypto'
import {releaseFacts, type Db, type ReleaseFacts} from '@broadside/ledger'
import {BroadsideError, signJson, type JsonSignature} from '@broadside/runtime'
import type {Publisher} from './publisher.ts'

/** What a release was, as this installation says and signs it; edition counts are as of `issuedAt`. */
export type Receipt = {
  receipt: {type: 'broadside-receipt/1'; issuedAt: string} & ReleaseFacts
  /** Over the canonical form (RFC 8785) of `receipt`. */
  signature: JsonSignature
}

/** The fact under which the public key is kept, for whoever verifies a receipt here. */
const keyFact = 'receipt-key'

/**
 * The signed receipt of a live release, the newest unless one is named. Nothing is kept of it but the public key; a repeat
 * differs in its moment and in what was mailed meanwhile.
 *
 * @throws BroadsideError `receipt.no-key` (invalid), and what `releaseFacts` throws.
 */
export async function signReceipt({deps, options}: Publisher, site: string, release?: number): Promise<Receipt> {
  const {ledger, clock} = deps
  const key = options.receiptKey()
  if (key === undefined) {
    throw new BroadsideError('invalid', 'receipt.no-key', 'publisher has no key to sign receipts with', {
      hint: 'Make one with openssl genpkey -algorithm ed25519 -out receipt-key.pem, and set RECEIPT_KEY_FILE',
    })
  }
  const facts = await releaseFacts(ledger.db, site, release)
  const receipt = {type: 'broadside-receipt/1', issuedAt: new Date(clock.now()).toISOString(), ...facts} as const
  return {receipt, signature: await signed(ledger.db, receipt, key)}
}

async function signed(db: Db, receipt: Receipt['receipt'], key: KeyObject): Promise<JsonSignature> {
  const signature = signJson(receipt, key)
  await db
    .insertInto('facts')
    .values({name: keyFact, value: signature.key})
    .onConflict((c) => c.column('name').doUpdateSet({value: signature.key}))
    .execute()
  return signature
}
