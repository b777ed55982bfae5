export * from './faulty-smtp.ts'
export * from './git-repo.ts'
