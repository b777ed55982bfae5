export type * from './subscriber-state.ts'
export type * from './subscriber-row.ts'
