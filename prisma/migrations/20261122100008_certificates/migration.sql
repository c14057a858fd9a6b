-- AlterTable
ALTER TABLE "Domain" ADD COLUMN     "redirectTo" TEXT,
ADD COLUMN     "verifiedAt" TIMESTAMP(3);

-- CreateTable
CREATE TABLE "Certificate" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "appId" UUID,
    "source" TEXT NOT NULL,
    "host" TEXT,
    "state" TEXT NOT NULL DEFAULT 'wanted',
    "chain" TEXT,
    "sealed" BYTEA,
    "notBefore" TIMESTAMP(3),
    "notAfter" TIMESTAMP(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" JSONB,
    "dueAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Certificate_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AcmeAccount" (
    "directory" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AcmeAccount_pkey" PRIMARY KEY ("directory")
);

-- CreateTable
CREATE TABLE "AppDoor" (
    "appId" UUID NOT NULL,
    "settings" JSONB NOT NULL,
    "sealed" BYTEA,

    CONSTRAINT "AppDoor_pkey" PRIMARY KEY ("appId")
);

-- CreateIndex
CREATE UNIQUE INDEX "Certificate_host_key" ON "Certificate"("host");

-- CreateIndex
CREATE INDEX "Certificate_appId_idx" ON "Certificate"("appId");

-- CreateIndex
CREATE INDEX "Certificate_dueAt_idx" ON "Certificate"("dueAt");

-- AddForeignKey
ALTER TABLE "Certificate" ADD CONSTRAINT "Certificate_appId_fkey" FOREIGN KEY ("appId") REFERENCES "App"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AppDoor" ADD CONSTRAINT "AppDoor_appId_fkey" FOREIGN KEY ("appId") REFERENCES "App"("id") ON DELETE CASCADE ON UPDATE CASCADE;
