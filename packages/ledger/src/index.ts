export {openLedger, type Db, type Ledger} from './open-ledger.ts'
export type * from './tables.ts'
