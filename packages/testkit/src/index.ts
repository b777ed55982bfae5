export * from './faulty-smtp.ts'
