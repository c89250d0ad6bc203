/** What a tester can break in the simulation. Verbs do their work at once; the events tell what came of them. */
import type { NodeId } from '../raft/message.ts'
import type { Controls, Link, SystemEvent } from '../system.ts'
import type { SimLink } from './network.ts'
import type { SimNode } from './node.ts'

/** A system event without its time. */
export type Unstamped = SystemEvent extends infer Event
  ? Event extends SystemEvent
    ? Omit<Event, 'timeUs'>
    : never
  : never

/** The world that is broken. */
export interface Breakable {
  node(id: NodeId): SimNode | undefined
  link(link: Link): SimLink | undefined
  emit(event: Unstamped): void
  restart(node: NodeId): void
  /** Nobody but `restart` brings this node back. True where it was about to come up, and now is dead. */
  keepDead(node: NodeId): boolean
  /** Tells everybody that a node is gone. */
  buried(node: NodeId, wanted: boolean, how: string): void
}

export function simControls(world: Breakable): Controls {
  return { ...processControls(world), ...linkControls(world), ...machineControls(world) }
}

function processControls(world: Breakable): Pick<Controls, 'crash' | 'pause'> {
  return {
    crash: {
      kill(id) {
        const wasStarting = world.keepDead(id)
        const node = world.node(id)
        if (!node?.isAlive && !wasStarting) return
        node?.kill()
        world.buried(id, true, 'SIGKILL')
      },
      restart(id) {
        world.node(id)?.crashPoints.arm(undefined)
        world.restart(id)
      },
      arm: (id, point) => world.node(id)?.crashPoints.arm(point),
    },
    pause: {
      pause(id) {
        const node = world.node(id)
        if (!node?.isAlive || node.isPaused) return
        node.pause()
        world.emit({ type: 'node-paused', node: id })
      },
      resume(id) {
        const node = world.node(id)
        if (!node?.isPaused) return
        world.emit({ type: 'node-resumed', node: id })
        node.resume()
      },
    },
  }
}

function linkControls(world: Breakable): Pick<Controls, 'links' | 'weather'> {
  return {
    links: {
      cut(links) {
        for (const each of links) {
          const link = world.link(each)
          if (!link || link.isCut) continue
          link.cut()
          world.emit({ type: 'link-cut', link: link.link })
        }
      },
      heal(links) {
        for (const each of links) {
          const link = world.link(each)
          if (link?.isCut) world.emit({ type: 'link-healed', link: link.link, ...link.heal() })
        }
      },
    },
    weather: {
      set(links, weather) {
        for (const link of links) world.link(link)?.setWeather(weather)
      },
      clear(links) {
        for (const each of links) {
          const link = world.link(each)
          const counts = link?.clearWeather()
          if (link && counts) world.emit({ type: 'link-weather', link: link.link, ...counts })
        }
      },
    },
  }
}

function machineControls(world: Breakable): Pick<Controls, 'power' | 'disk' | 'clock'> {
  return {
    power: {
      cut(id) {
        const wasStarting = world.keepDead(id)
        const node = world.node(id)
        const wasUp = wasStarting || node?.isAlive
        node?.cutPower()
        if (wasUp) world.buried(id, true, 'power cut')
      },
    },
    disk: {
      slow(id, latencyUs) {
        world.node(id)?.disk.slow(latencyUs)
        world.emit({ type: 'disk-broken', node: id, how: 'slow' })
      },
      fail(id, kind) {
        world.node(id)?.disk.fail(kind)
        world.emit({ type: 'disk-broken', node: id, how: kind })
      },
      flip(id) {
        const where = world.node(id)?.disk.flip()
        if (where !== undefined) world.emit({ type: 'disk-broken', node: id, how: 'flip', where })
      },
      heal(id) {
        const counts = world.node(id)?.disk.heal()
        if (counts) world.emit({ type: 'disk-healed', node: id, ...counts })
      },
    },
    clock: {
      set(id, error) {
        world.node(id)?.clock.set(error)
        world.emit({ type: 'clock-set', node: id, ...error })
      },
      reset(id) {
        const jumpedUs = world.node(id)?.clock.reset()
        if (jumpedUs !== undefined) world.emit({ type: 'clock-reset', node: id, jumpedUs })
      },
    },
  }
}
