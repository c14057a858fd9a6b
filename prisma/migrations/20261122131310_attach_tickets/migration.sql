-- CreateTable
CREATE TABLE "AttachTicket" (
    "hash" TEXT NOT NULL,
    "userId" UUID NOT NULL,
    "sessionId" UUID NOT NULL,
    "appId" UUID NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "AttachTicket_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "AttachTicket_expiresAt_idx" ON "AttachTicket"("expiresAt");

-- AddForeignKey
ALTER TABLE "AttachTicket" ADD CONSTRAINT "AttachTicket_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AttachTicket" ADD CONSTRAINT "AttachTicket_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AttachTicket" ADD CONSTRAINT "AttachTicket_appId_fkey" FOREIGN KEY ("appId") REFERENCES "App"("id") ON DELETE CASCADE ON UPDATE CASCADE;
