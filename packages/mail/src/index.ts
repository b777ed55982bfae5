export type * from './edition-message.ts'
