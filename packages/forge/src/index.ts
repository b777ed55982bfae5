export {readHook} from './webhook/read-hook.ts'
export type {BranchMove, ForgeName, Hook, HookRequest} from './webhook/hook.ts'
