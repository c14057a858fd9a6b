-- CreateTable
CREATE TABLE "AppPort" (
    "port" INTEGER NOT NULL,
    "appId" UUID NOT NULL,
    "processType" TEXT NOT NULL,
    "targetPort" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AppPort_pkey" PRIMARY KEY ("port")
);

-- CreateIndex
CREATE INDEX "AppPort_appId_idx" ON "AppPort"("appId");

-- AddForeignKey
ALTER TABLE "AppPort" ADD CONSTRAINT "AppPort_appId_fkey" FOREIGN KEY ("appId") REFERENCES "App"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OR DELETE ON "AppPort"
  FOR EACH ROW EXECUTE FUNCTION tell_change_of_app();
