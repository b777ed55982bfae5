export type * from './outcome.ts'
export type * from './captured-message.ts'
