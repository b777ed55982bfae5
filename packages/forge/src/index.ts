export {readHook} from './webhook/read-hook.ts'
export type {BranchMove, ForgeName, Hook, HookRequest} from './webhook/hook.ts'
export {
  statusApis,
  statusForgeKinds,
  type CommitStatus,
  type StatusForge,
  type StatusForgeKind,
  type StatusRequest,
} from './status/status-forge.ts'
export {isStatusRepeat, statusRequest, statusTarget} from './status/status-request.ts'
