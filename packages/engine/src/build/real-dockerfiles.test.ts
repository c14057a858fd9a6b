import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { directoryTree } from '../context/directory-tree.ts'
import type { Image } from '../engine.ts'
import { neededImages } from './find-stages.ts'
import { type OpenedContext, openContext } from './open-context.ts'
import { planBuild } from './plan-build.ts'
import { emptyConfig } from './stage-state.ts'

/** Dockerfiles such as people really have, each with the files that it needs: they parse, are linted, and plan. */
const folder = join(import.meta.dirname, '../../../../test/dockerfiles')
const platform = { os: 'linux', architecture: 'amd64' }

type Expected = {
  /** In the file, and the steps that its last stage needs. */
  stages: number
  steps: number
  /** Images that it stands on or copies from. */
  images: readonly string[]
  /** `rule:line` */
  warnings?: readonly string[]
}

const expected: Readonly<Record<string, Expected>> = {
  bun: { stages: 4, steps: 14, images: ['oven/bun:1.1'] },
  'cron-worker': { stages: 1, steps: 7, images: ['debian:bookworm-slim'] },
  'django-gunicorn': { stages: 4, steps: 17, images: ['python:3.12-slim-bookworm', 'node:22-slim'] },
  dotnet: {
    stages: 4,
    steps: 11,
    images: ['dotnet/aspnet:9.0', 'dotnet/sdk:9.0'],
    warnings: ['UndefinedVar:3'],
  },
  'express-prisma': { stages: 3, steps: 13, images: ['node:22-bookworm-slim'] },
  fastapi: { stages: 1, steps: 4, images: ['python:3.12-alpine'], warnings: ['JSONArgsRecommended:13'] },
  flask: { stages: 1, steps: 6, images: ['python:3.11-slim-bookworm'] },
  'go-distroless': { stages: 2, steps: 8, images: ['distroless/static-debian12:nonroot', 'golang:1.23'] },
  'go-scratch': { stages: 2, steps: 9, images: ['golang:1.23-bookworm'] },
  hugo: { stages: 3, steps: 6, images: ['nginxinc/nginx-unprivileged:1.27-alpine', 'debian:bookworm-slim'] },
  'java-gradle': {
    stages: 3,
    steps: 11,
    images: ['amazoncorretto:21-alpine', 'gradle:8.11-jdk21'],
    warnings: ['ExposeInvalidFormat:20'],
  },
  'java-jlink': { stages: 2, steps: 6, images: ['debian:bookworm-slim', 'eclipse-temurin:17-jdk'] },
  'java-maven': {
    stages: 2,
    steps: 9,
    images: ['eclipse-temurin:21-jre-jammy', 'maven:3.9-eclipse-temurin-21'],
  },
  laravel: { stages: 6, steps: 15, images: ['php:8.3-fpm-alpine', 'composer:2', 'node:22-alpine'] },
  'machine-learning': { stages: 5, steps: 8, images: ['ubuntu:22.04'] },
  'maven-offline': { stages: 2, steps: 6, images: ['eclipse-temurin:17-jdk', 'maven:3.8-openjdk-17'] },
  'nextjs-standalone': { stages: 4, steps: 14, images: ['node:22-alpine'] },
  'node-npm': { stages: 4, steps: 5, images: ['node:22-bookworm-slim'] },
  'node-pnpm': { stages: 4, steps: 12, images: ['node:22-alpine'] },
  'node-yarn': {
    stages: 2,
    steps: 9,
    images: ['node:20-bullseye-slim'],
    warnings: ['FromAsCasing:1', 'LegacyKeyValueFormat:22'],
  },
  phoenix: {
    stages: 2,
    steps: 21,
    images: [
      'debian:bookworm-20241202-slim',
      'hexpm/elixir:1.17.3-erlang-27.2-debian-bookworm-20241202-slim',
    ],
  },
  'php-fpm-nginx': { stages: 1, steps: 8, images: ['debian:bookworm-slim'] },
  'postgres-extensions': { stages: 1, steps: 3, images: ['postgres:15-bookworm'] },
  'python-pip': { stages: 2, steps: 6, images: ['python:3.12-slim'] },
  'python-poetry': {
    stages: 3,
    steps: 10,
    images: ['python:3.12-slim-bookworm'],
    warnings: ['UndefinedVar:29'],
  },
  'python-uv': { stages: 2, steps: 9, images: ['python:3.13-slim', 'astral/uv:0.5'] },
  rails: { stages: 3, steps: 11, images: ['docker.io/library/ruby:3.3.6-slim'] },
  'rust-cargo': { stages: 2, steps: 6, images: ['debian:bookworm-slim', 'rust:1.63-slim-bookworm'] },
  'rust-chef': { stages: 4, steps: 12, images: ['debian:bookworm-slim', 'rust:1.83-slim-bookworm'] },
  'spring-layers': {
    stages: 3,
    steps: 14,
    images: ['eclipse-temurin:21-jre-alpine', 'eclipse-temurin:21-jdk-alpine'],
  },
  'static-nginx': { stages: 1, steps: 3, images: ['nginx:alpine'] },
  'turbo-monorepo': {
    stages: 4,
    steps: 15,
    images: ['node:22-alpine'],
    warnings: ['JSONArgsRecommended:31'],
  },
  'vite-nginx': { stages: 2, steps: 9, images: ['nginx:1.27', 'node:22-bookworm-slim'] },
  'wordpress-theme': { stages: 1, steps: 3, images: ['wordpress:6.7-php8.3-apache'] },
}

const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

test('there are many, and each is expected', () => {
  expect(names.length).toBeGreaterThanOrEqual(24)
  expect(Object.keys(expected).sort()).toEqual(names.sort())
})

describe.each(Object.entries(expected))('%s', (name, { stages, steps, images, warnings = [] }) => {
  let opened: OpenedContext
  beforeAll(async () => {
    opened = await openContext(await directoryTree(join(folder, name)), 'Dockerfile')
  })

  const options = { target: null, arguments: {}, platform }
  const plan = () => {
    const needed = neededImages(opened.dockerfile, options)
    const found = new Map(needed.map(({ reference }) => [reference, madeUp(reference)]))
    return planBuild(opened.dockerfile, { ...options, labels: {}, images: found, context: opened.context })
  }

  test('names its images', () => {
    expect(neededImages(opened.dockerfile, options).map(({ reference }) => reference)).toEqual(images)
  })

  test('plans', () => {
    const planned = plan()
    expect([opened.dockerfile.stages.length, planned.steps.length]).toEqual([stages, steps])
  })

  test('is warned of as it deserves', () => {
    expect(plan().warnings.map(({ rule, line }) => `${rule}:${line}`)).toEqual(warnings)
  })
})

function madeUp(reference: string): Image {
  return { digest: 'sha256:0', config: emptyConfig(platform), layers: [reference], createdAt: new Date(0) }
}
