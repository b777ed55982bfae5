export * from './faulty-smtp.ts'
export * from './git-repo.ts'
export {until} from './until.ts'
