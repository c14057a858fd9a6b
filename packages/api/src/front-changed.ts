import type { ApiContext } from './context.ts'

/** The front door is told of an app's names and rules, and their certificates are looked after at once. */
export async function frontChanged(ctx: Pick<ApiContext, 'queue'>, appId: string): Promise<void> {
  await ctx.queue.add('converge-app', { appId })
  await ctx.queue.add('look-after-certificates', {})
}
