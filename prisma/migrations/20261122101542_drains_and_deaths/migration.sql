-- CreateTable
CREATE TABLE "Death" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "appId" UUID NOT NULL,
    "containerId" TEXT NOT NULL,
    "instance" TEXT NOT NULL,
    "releaseVersion" INTEGER NOT NULL,
    "code" INTEGER NOT NULL,
    "signal" TEXT,
    "outOfMemory" BOOLEAN NOT NULL,
    "reason" TEXT,
    "peakMemoryBytes" BIGINT,
    "memoryLimitBytes" BIGINT,
    "startedAt" TIMESTAMP(3),
    "endedAt" TIMESTAMP(3) NOT NULL,
    "lastLines" JSONB NOT NULL,

    CONSTRAINT "Death_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Drain" (
    "id" UUID NOT NULL,
    "appId" UUID NOT NULL,
    "shown" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdById" UUID,

    CONSTRAINT "Drain_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Death_appId_endedAt_idx" ON "Death"("appId", "endedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Death_containerId_endedAt_key" ON "Death"("containerId", "endedAt");

-- CreateIndex
CREATE INDEX "Drain_appId_idx" ON "Drain"("appId");

-- AddForeignKey
ALTER TABLE "Death" ADD CONSTRAINT "Death_appId_fkey" FOREIGN KEY ("appId") REFERENCES "App"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Drain" ADD CONSTRAINT "Drain_appId_fkey" FOREIGN KEY ("appId") REFERENCES "App"("id") ON DELETE CASCADE ON UPDATE CASCADE;
