import type {Db} from './open-ledger.ts'

/**
 * Moves up to `limit` deliveries of an edition that had come to an end, as somebody decided: those that `failed` or are
 * `uncertain` wait again, or an uncertain one counts as accepted. Whoever submitted it once has no say in it any more.
 * Gives how many; call until it gives none.
 */
export async function moveSettledDeliveries(
  db: Db,
  edition: string,
  {
    from,
    to,
    reply,
    limit,
    now,
  }: {from: 'failed' | 'uncertain'; to: 'pending' | 'accepted'; reply: string; limit: number; now: number},
): Promise<number> {
  const result = await db
    .updateTable('deliveries')
    .set({
      state: to,
      reply,
      worker: null,
      lease_until: null,
      changed_at: now,
      ...(to === 'pending' ? {attempt: 0, next_at: now} : {}),
    })
    .where('edition', '=', edition)
    .where('subscriber', 'in', (rows) =>
      rows
        .selectFrom('deliveries')
        .select('subscriber')
        .where('edition', '=', edition)
        .where('state', '=', from)
        .limit(limit),
    )
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}
